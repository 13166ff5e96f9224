/// Which protocol a datagram on a shared port belongs to (RFC 7983 section 7, RFC 5761 section 4).
public enum DatagramKind: Equatable, Sendable {
    case stun
    case dtls
    case rtp
    case rtcp
    /// ZRTP, TURN channel data, an empty datagram or noise: to be dropped.
    case unknown

    /// Looks at the first byte, and at the second one to tell RTCP from RTP; checks nothing else.
    public init(_ datagram: Span<UInt8>) {
        guard datagram.count >= 2 else {
            self = .unknown
            return
        }
        switch datagram[0] {
        case 0...3: self = .stun
        case 20...63: self = .dtls
        // RTCP packet types 192–223 are RTP payload types 64–95 with the marker set, which is why
        // nobody assigns those (RFC 5761 section 4).
        case 128...191: self = (192...223).contains(datagram[1]) ? .rtcp : .rtp
        default: self = .unknown
        }
    }
}

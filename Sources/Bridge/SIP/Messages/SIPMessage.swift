/// A request or a response.
public enum SIPMessage: Equatable, Sendable {
    case request(SIPRequest)
    case response(SIPResponse)

    /// Whether a datagram is nothing but line ends: what clients send to keep a path open (RFC 5626 section 4.4.1, RFC 3261 section 7.5).
    public static func isKeepAlive(_ datagram: Span<UInt8>) -> Bool {
        guard datagram.count <= 64 else { return false }
        for index in datagram.indices where datagram[index] != UInt8(ascii: "\r") && datagram[index] != UInt8(ascii: "\n") { return false }
        return true
    }
}

import Domain
import Media

/// The port pair of one phone leg of a media thread, and whose it is.
struct PhonePort {
    let sockets: PhoneSockets
    let call: CallID
    let leg: LegID

    /// Above the tokens of the thread's own descriptors.
    private static let firstToken: UInt64 = 1 << 32

    /// By which `Epoll` names one of the two sockets.
    static func token(_ port: UInt16, isControl: Bool) -> UInt64 { firstToken | UInt64(port) << 1 | (isControl ? 1 : 0) }

    /// `nil` for a token of another kind.
    static func meaning(of token: UInt64) -> (port: UInt16, isControl: Bool)? {
        guard token & firstToken != 0 else { return nil }
        return (UInt16(truncatingIfNeeded: token >> 1), token & 1 == 1)
    }
}

/// What a media thread needs for telephone calls: ports, and the way to the SIP thread.
struct PhoneLine: Sendable {
    let ports: RTPPorts
    let order: @Sendable (PhoneOrder) -> Void
}

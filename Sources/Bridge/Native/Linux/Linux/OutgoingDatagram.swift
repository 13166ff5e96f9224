import CLinux

/// One datagram to be sent: a piece of an arena, and its way.
public struct OutgoingDatagram: Hashable, Sendable {
    /// Where it begins in the arena.
    public var start: Int
    /// Its bytes.
    public var length: Int
    public var remote: SocketAddress
    /// The address that it leaves from; `nil` lets the kernel choose. The port is always the socket's.
    public var local: SocketAddress?

    public init(_ range: Range<Int>, to remote: SocketAddress, from local: SocketAddress? = nil) {
        start = range.lowerBound
        length = range.count
        self.remote = remote
        self.local = local
    }
}

extension clinux_outgoing {
    init(_ datagram: OutgoingDatagram) {
        self.init(
            start: datagram.start, length: datagram.length, remote: datagram.remote.shim,
            local: datagram.local?.shim ?? clinux_address(), has_local: datagram.local != nil)
    }
}

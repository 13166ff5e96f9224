import Linux
import RTP

/// How the packets of a leg go over the network. Used on the generator's thread alone.
protocol LegConnection: AnyObject {
    var socket: UDPSocket { get }
    /// When `handleDeadline` is to be called next, at the latest.
    var deadline: Duration { get }

    func handleDeadline(now: Duration)

    /// Takes a datagram, and leaves in it what was in it in the clear.
    /// - Returns: `.rtp` or `.rtcp` if it is the leg's; anything else was the connection's own.
    func receive(_ datagram: inout [UInt8], now: Duration) -> DatagramKind

    /// Sends one RTP packet; nothing before the connection is up.
    func sendRTP(_ build: (inout [UInt8]) -> Void)

    /// Sends one compound RTCP packet; nothing before the connection is up.
    func sendRTCP(_ build: (inout [UInt8]) -> Void)

    func close()
}

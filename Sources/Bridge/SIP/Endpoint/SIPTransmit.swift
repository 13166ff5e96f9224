/// A datagram to send.
public struct SIPTransmit: Equatable, Sendable {
    public let datagram: [UInt8]
    public let destination: SIPAddress
    /// Our address that it leaves from: a NAT on the way lets nothing else through.
    public let source: SIPAddress
}

/// A datagram to send.
public struct SIPTransmit: Equatable, Sendable {
    public let datagram: [UInt8]
    public let destination: SIPAddress
}

import ICE

/// Where a phone's RTP may come from, and where ours goes: the address of its SDP, or the one it is found at behind a NAT.
///
/// A phone behind a NAT names an address that nothing comes from. After half a second of that, the first other source is taken for
/// the phone, if the trunk allows it, and only once until the next offer and answer: whoever comes later is not believed.
public struct RTPLatch: Equatable, Sendable {
    /// How long the SDP's address has to send something.
    public static let patience = Duration.milliseconds(500)

    private let signalled: TransportAddress
    private let isAllowed: Bool
    private let since: Duration
    private var source: TransportAddress?

    /// - Parameters:
    ///   - signalled: the address of the phone's SDP.
    ///   - isAllowed: whether another source may be taken at all.
    public init(signalled: TransportAddress, isAllowed: Bool, now: Duration) {
        self.signalled = signalled
        self.isAllowed = isAllowed
        since = now
    }

    /// Where to send.
    public var target: TransportAddress { source ?? signalled }

    /// Whether a packet from `remote` is the phone's; the first one decides where all the others must come from.
    public mutating func accepts(_ remote: TransportAddress, now: Duration) -> Bool {
        if let source { return remote == source }
        guard remote == signalled || (isAllowed && now - since >= Self.patience) else { return false }
        source = remote
        return true
    }
}

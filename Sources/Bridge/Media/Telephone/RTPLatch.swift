import ICE

/// Where a phone's RTP may come from, and where ours goes: the address of its SDP, or the one it is found at behind a NAT.
///
/// A phone behind a NAT names an address that nothing comes from. After half a second of that, the first other source is taken for
/// the phone, if the trunk allows it, and only once until the next offer and answer: whoever comes later is not believed.
public struct RTPLatch: Equatable, Sendable {
    /// How long the address that is known has to send something.
    public static let patience = Duration.milliseconds(500)

    private let signalled: TransportAddress
    private let isAllowed: Bool
    private var since: Duration
    private var source: TransportAddress?
    /// Whether the phone was heard since the last offer and answer.
    private var isProven = false

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

    /// There was an offer and an answer with the same address: the phone may be found elsewhere, once, if it is not heard where it was.
    public mutating func renew(now: Duration) {
        since = now
        isProven = false
    }

    /// Whether a packet from `remote` is the phone's; the first one decides where all the others must come from.
    public mutating func accepts(_ remote: TransportAddress, now: Duration) -> Bool {
        if remote != target {
            guard !isProven, remote == signalled || (isAllowed && now - since >= Self.patience) else { return false }
        }
        source = remote
        isProven = true
        return true
    }
}

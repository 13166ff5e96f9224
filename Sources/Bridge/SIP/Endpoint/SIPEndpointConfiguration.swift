/// How an endpoint behaves, and how much it keeps at most.
public struct SIPEndpointConfiguration: Sendable {
    /// User-Agent and Server.
    public var product: String
    public var timers: SIPTimers
    /// How long the driver may take to answer an offer of the peer.
    public var offerPatience: Duration
    /// Calls at a time, those that only clean up counted in.
    public var maximumSessions: Int
    /// Requests of ours at a time.
    public var maximumClientTransactions: Int
    /// Requests of peers at a time, answered ones counted in for 32 s.
    public var maximumServerTransactions: Int
    /// Requests of the peer of one call at a time; a BYE always gets through.
    public var maximumServerTransactionsPerSession: Int
    /// Answers to one unknown source outside of any call: at once, and a second in the long run.
    public var unknownSourceBurst: UInt32
    public var unknownSourcePerSecond: UInt32
    /// The same for a known one (`setPeers`).
    public var peerBurst: UInt32
    public var peerPerSecond: UInt32

    public init(product: String) {
        self.product = product
        timers = SIPTimers()
        offerPatience = .seconds(10)
        maximumSessions = 4_096
        maximumClientTransactions = 16_384
        maximumServerTransactions = 16_384
        maximumServerTransactionsPerSession = 32
        unknownSourceBurst = 20
        unknownSourcePerSecond = 5
        peerBurst = 200
        peerPerSecond = 100
    }
}

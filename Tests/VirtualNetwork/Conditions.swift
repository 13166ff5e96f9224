/// What one direction of a ``VirtualNetwork`` does to packets. Probabilities are 0…1, each drawn per packet.
public struct Conditions: Sendable {
    /// The mean transit time.
    public var delay: Duration
    /// The transit time varies evenly by plus or minus this (never below zero).
    public var jitter: Duration
    /// Whether jitter alone may let a packet overtake another. Queues in real networks delay, but keep the order.
    public var jitterReorders: Bool
    /// The probability that a packet never arrives.
    public var loss: Double
    /// The probability that a packet is held back by `reorderDelay`, so that later ones overtake it.
    public var reorder: Double
    public var reorderDelay: Duration
    /// The probability that a packet arrives twice (the copy has its own transit time).
    public var duplication: Double
    /// Losses that come in a row, on top of `loss`.
    public var bursts: Bursts?

    /// Loss in bursts: after each packet that passes, a burst starts with `probability` and loses `length` packets.
    public struct Bursts: Sendable {
        public var probability: Double
        public var length: ClosedRange<Int>

        public init(probability: Double, length: ClosedRange<Int>) {
            self.probability = probability
            self.length = length
        }
    }

    public init(
        delay: Duration = .zero,
        jitter: Duration = .zero,
        jitterReorders: Bool = false,
        loss: Double = 0,
        reorder: Double = 0,
        reorderDelay: Duration = .milliseconds(30),
        duplication: Double = 0,
        bursts: Bursts? = nil
    ) {
        self.delay = delay
        self.jitter = jitter
        self.jitterReorders = jitterReorders
        self.loss = loss
        self.reorder = reorder
        self.reorderDelay = reorderDelay
        self.duplication = duplication
        self.bursts = bursts
    }

    /// Everything arrives at once.
    public static var perfect: Conditions { Conditions() }
}

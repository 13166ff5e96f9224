/// Which dials a rule is about: those for which everything that it names holds; without any name all telephone calls.
public struct GuardScope: Sendable, Hashable {
    public var numbers: NumberMatch?
    public var link: LinkID?
    /// The trunk that is to be tried first.
    public var trunk: TrunkID?

    public static let everything = GuardScope()

    public init(numbers: NumberMatch? = nil, link: LinkID? = nil, trunk: TrunkID? = nil) {
        self.numbers = numbers
        self.link = link
        self.trunk = trunk
    }

    public var isEverything: Bool { self == .everything }

    public func covers(_ dial: GuardedDial) -> Bool {
        (numbers.map { $0.covers(dial.target.text, dial.profile) } ?? true) && (link.map { $0 == dial.link } ?? true)
            && (trunk.map { $0 == dial.carrier } ?? true)
    }
}

/// What the rules look at of a dial.
public struct GuardedDial: Sendable, Equatable {
    public var target: DialTarget
    public var profile: NumberProfile
    /// The link that grants it.
    public var link: LinkID?
    /// The trunk that is to be tried first; `nil` until it is known.
    public var carrier: TrunkID?

    public init(_ target: DialTarget, profile: NumberProfile? = nil, link: LinkID? = nil, carrier: TrunkID? = nil) {
        self.target = target
        self.profile = profile ?? .none
        self.link = link
        self.carrier = carrier
    }
}

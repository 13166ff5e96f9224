/// Which picture of which browser.
public struct VideoSourceID: Hashable, Sendable {
    public enum Kind: UInt8, Sendable, CaseIterable { case camera, screen }

    /// Some of a browser's pictures: a set that is looked at for each packet of one.
    public struct Kinds: OptionSet, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public init(_ kind: Kind) { rawValue = 1 << kind.rawValue }

        public static let camera = Kinds(.camera)
        public static let screen = Kinds(.screen)

        public func includes(_ kind: Kind) -> Bool { contains(Kinds(kind)) }
    }

    public var leg: LegID
    public var kind: Kind

    public init(leg: LegID, kind: Kind) {
        self.leg = leg
        self.kind = kind
    }
}

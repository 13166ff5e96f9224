/// Which picture of which browser.
public struct VideoSourceID: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable { case camera, screen }

    public var leg: LegID
    public var kind: Kind

    public init(leg: LegID, kind: Kind) {
        self.leg = leg
        self.kind = kind
    }
}

/// One leg of a room within its media thread. The runtime knows which browser or call it is.
public struct LegID: Hashable, Sendable, Comparable {
    public var number: UInt32

    public init(_ number: UInt32) { self.number = number }

    public static func < (one: LegID, other: LegID) -> Bool { one.number < other.number }
}

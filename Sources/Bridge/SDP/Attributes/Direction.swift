/// Which way media flows, seen from who wrote the description (RFC 8866 section 6.7).
public enum Direction: String, Sendable, CaseIterable {
    case sendReceive = "sendrecv"
    case sendOnly = "sendonly"
    case receiveOnly = "recvonly"
    case inactive

    public var sends: Bool { self == .sendReceive || self == .sendOnly }
    public var receives: Bool { self == .sendReceive || self == .receiveOnly }

    public init(sends: Bool, receives: Bool) {
        self =
            switch (sends, receives) {
            case (true, true): .sendReceive
            case (true, false): .sendOnly
            case (false, true): .receiveOnly
            case (false, false): .inactive
            }
    }

    /// The same flow seen from the other end.
    public var reversed: Direction { Direction(sends: receives, receives: sends) }
}

extension AttributeList {
    /// The first direction that is written; the last word of a description that has several is not waited for.
    public var direction: Direction? {
        for attribute in all where attribute.value == nil {
            if let direction = Direction(rawValue: attribute.name) { return direction }
        }
        return nil
    }

    public mutating func append(_ direction: Direction) {
        append(direction.rawValue)
    }
}

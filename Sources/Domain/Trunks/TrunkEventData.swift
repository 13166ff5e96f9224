/// The `data` of a `trunk.up` or `trunk.down` event. Its names are the JSON's.
public struct TrunkEventData: Encodable, Sendable {
    public var trunk: Trunk

    /// A trunk as one bridge sees it right after the event. What there is not is left out.
    public struct Trunk: Encodable, Sendable, Equatable {
        public var id: TrunkID
        public var name: String
        public var host: String
        /// Which bridge has found it out: each looks for itself.
        public var bridge: String
        public var state: TrunkState
        /// RFC 3339 in UTC.
        public var since: String
        /// What the OPTIONS was answered.
        public var sip_status: Int?
        public var reason: Reason?
    }

    /// Why it is down.
    public struct Reason: Encodable, Sendable, Equatable {
        public var code: String
        /// One sentence that an operator can act on.
        public var text: String
    }

    public init(id: TrunkID, name: String, host: String, bridge: String, state: TrunkState, check: TrunkCheck) {
        trunk = Trunk(
            id: id, name: name, host: host, bridge: bridge, state: state, since: RFC3339.text(milliseconds: check.at), sip_status: check.status,
            reason: check.obstacle.map { Reason(code: $0.rawValue, text: check.sentence) })
    }
}

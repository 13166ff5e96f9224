/// Which trunks a number is given to, and in which order.
///
/// The lowest priority value comes first; among equals it is each one's turn. Those that are known to be down come after all others: what is
/// known of them may be old by now, so they are not left out. A pinned trunk is that one or none.
public enum TrunkChoice {
    /// A trunk as far as the choice looks at it.
    public struct Candidate: Sendable, Equatable {
        public var id: TrunkID
        public var isEnabled: Bool
        public var priority: Int
        public var prefixes: [NumberPrefix]
        public var isDown: Bool

        public init(id: TrunkID, isEnabled: Bool = true, priority: Int = 10, prefixes: [NumberPrefix] = [], isDown: Bool = false) {
            self.isDown = isDown
            self.id = id
            self.isEnabled = isEnabled
            self.priority = priority
            self.prefixes = prefixes
        }

        func canCarry(_ number: String) -> Bool { prefixes.isEmpty || prefixes.contains { $0.begins(number) } }
    }

    /// Trunks that one call tries at most; the ringing time is theirs together.
    public static let attemptLimit = 8

    /// At least one trunk.
    ///
    /// - Parameters:
    ///   - number: E.164 with its `+`.
    ///   - pinned: The trunk that the link asks for.
    ///   - candidates: All trunks, in any order.
    ///   - turn: Grows with each call, so that equals take turns.
    /// - Throws: the refusal: `unknown_trunk`, `trunk_disabled`, `trunk_cannot_carry`, `no_trunk`.
    public static func trunks(
        for number: String, pinned: TrunkID?, among candidates: [Candidate], turn: UInt64
    ) throws(Problem) -> [TrunkID] {
        let shown = DialTarget.e164(number).maskedForGuests
        if let pinned {
            guard let trunk = candidates.first(where: { $0.id == pinned }) else {
                throw Problem(.unknownTrunk, "The trunk \(pinned) that this link asks for is not set up here.")
            }
            guard trunk.isEnabled else { throw Problem(.trunkDisabled, "The trunk \(pinned) that this link asks for is switched off.") }
            guard trunk.canCarry(number) else {
                throw Problem(.trunkCannotCarry, "The trunk \(pinned) that this link asks for cannot carry calls to \(shown).")
            }
            return [pinned]
        }
        let fitting = candidates.filter { $0.isEnabled && $0.canCarry(number) }
        guard !fitting.isEmpty else { throw Problem(.noTrunk, "No trunk is set up that could call \(shown).") }
        let ordered = inOrder(fitting.filter { !$0.isDown }, turn: turn) + inOrder(fitting.filter(\.isDown), turn: turn)
        return Array(ordered.prefix(attemptLimit))
    }

    private static func inOrder(_ trunks: [Candidate], turn: UInt64) -> [TrunkID] {
        Set(trunks.map(\.priority)).sorted().flatMap { priority in
            let equals = trunks.filter { $0.priority == priority }.map(\.id).sorted { $0.text < $1.text }
            let first = Int(turn % UInt64(equals.count))
            return equals[first...] + equals[..<first]
        }
    }
}

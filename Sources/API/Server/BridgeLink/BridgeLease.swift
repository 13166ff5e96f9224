/// How long a bridge counts as alive without contact. Arithmetic only; the link says when there was contact.
package struct BridgeLease: Sendable, Equatable {
    /// Calls are ended in the books only after this: a busy machine is not a dead one.
    package static let duration = Duration.seconds(15)

    package enum State: Sendable, Equatable {
        /// There was never a contact.
        case unknown
        case alive
        case dead
    }

    package private(set) var state = State.unknown
    private var contactAt: Duration

    package init(now: Duration) { contactAt = now }

    /// A believed answer came.
    package mutating func contact(now: Duration) {
        contactAt = now
        state = .alive
    }

    /// `true` once per death.
    package mutating func hasJustDied(now: Duration) -> Bool {
        guard state == .alive, now - contactAt >= Self.duration else { return false }
        state = .dead
        return true
    }
}

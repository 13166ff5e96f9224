/// How long a bridge counts as alive without contact. Arithmetic only; the link says when there was contact.
package struct BridgeLease: Sendable, Equatable {
    /// Calls are ended in the books only after this: a busy machine is not a dead one.
    package static let duration = Duration.seconds(15)
    /// How often it is asked whether the bridge has died.
    package static let interval = Duration.seconds(1)

    package enum State: Sendable, Equatable {
        /// There was never a contact.
        case unknown
        case alive
        case dead
    }

    package private(set) var state = State.unknown
    /// When the first question was asked that is unanswered since the last contact.
    private var silentSince: Duration?
    private var lastAskedAt = Duration.zero
    /// A question that was lost is no silence: it must have been asked again so much later.
    private static let insistence = Duration.seconds(5)
    private var lookedAt: Duration

    package init(now: Duration) { lookedAt = now }

    /// Something is asked. Only a question can be answered by silence: as long as we are busy with the last answer, the bridge is not silent.
    package mutating func asked(now: Duration) {
        silentSince = silentSince ?? now
        lastAskedAt = now
    }

    /// A believed answer came.
    package mutating func contact(now: Duration) {
        silentSince = nil
        state = .alive
    }

    /// `true` once per death. To be asked every `interval`.
    package mutating func hasJustDied(now: Duration) -> Bool {
        // When nobody has asked for longer than that, it was this process that stood still and could hear of nobody: the time does not count.
        let stood = now - lookedAt - Self.interval * 2
        if stood > .zero { silentSince = silentSince.map { min($0 + stood, now) } }
        lookedAt = now
        guard state == .alive, let silentSince, now - silentSince >= Self.duration, lastAskedAt - silentSince >= Self.insistence else { return false }
        state = .dead
        return true
    }
}

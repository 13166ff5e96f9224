import Domain

/// An attempt that is under way: whoever ends the call before it is decided ends it, too, and it is not to be lost.
struct OpenAttempt {
    /// `nil` for an extension.
    let trunk: TrunkID?
    /// Milliseconds since 1970 UTC.
    let startedAt: Int64
    /// About the same moment by the room's clock.
    let since: Duration

    /// The attempt as it is when nobody waits for it any more.
    func givenUp(now: Duration) -> CallAttempt {
        let (seconds, attoseconds) = (max(now - since, .zero)).components
        return CallAttempt(
            trunk: trunk, startedAt: startedAt, endedAt: startedAt &+ seconds &* 1_000 &+ attoseconds / 1_000_000_000_000_000, sipStatus: nil,
            q850Cause: nil, detail: "Given up before it was answered.")
    }
}

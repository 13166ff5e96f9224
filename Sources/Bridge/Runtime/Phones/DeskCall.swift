import Domain
import SIP

/// A call on the desk: from its room's order to the end of its far end's side.
struct DeskCall {
    let order: PhoneCall
    /// Trunks that may still be tried, the next one first.
    var trunks: [TrunkID] = []
    var attempt: PhoneAttempt?
    /// A trunk whose host name is being looked up, and until when that is waited for.
    var awaited: (trunk: TrunkID, until: Duration)?
    /// When it has rung for long enough; for a call that waits for a name, too.
    var ringEndsAt: Duration
    /// Whether a browser is there to hear it.
    var isAttended = true
    /// The one INVITE that was answered.
    var answered: SessionID?
    /// What the last trunk came to.
    var verdict: AttemptVerdict?

    init(_ order: PhoneCall, now: Duration) {
        self.order = order
        ringEndsAt = now + order.ringLimit
        if case .trunks(let route) = order.route { trunks = route.trunks }
    }
}

/// What the endpoint tells its driver.
///
/// Take the events before the datagrams: a `.dialog` that is in the journal before its INVITE is on the wire cannot be lost.
public enum SIPEvent: Equatable, Sendable {
    /// The first response has come, be it only 100: somebody is there. Comes once for each call, unless a final response is the first.
    case trying(SessionID)
    /// The far end works on it: 180, 181, 182 or 183, with early media if there is a body.
    ///
    /// `fork` tells several telephones apart, which may ring at once with media of their own.
    case progress(SessionID, status: UInt16, body: SIPBody?, fork: String)
    /// Somebody has picked up. The body is the answer to the offer of the INVITE.
    case answered(SessionID, body: SIPBody)
    /// The peer asks to change the session, or to confirm it: answer with `answerOffer` or `refuseOffer`.
    ///
    /// `body` is its offer; `nil` asks for ours. `isUnchanged` says that it is the same as the peer's last one, byte for byte.
    case offered(SessionID, OfferToken, body: SIPBody?, isUnchanged: Bool)
    /// The peer took its question back, or it was not answered in time.
    case offerWithdrawn(SessionID, OfferToken)
    /// The answer to an offer of ours in the call; `nil` if the peer gave none, so that all stays as it was.
    case offerAnswered(SessionID, body: SIPBody?)
    /// The peer does not want what `changeSession` offered; all stays as it was.
    case offerRefused(SessionID, status: UInt16)
    /// The call is over; comes once for each call.
    case ended(SessionID, CallEnd)
    /// What a later process needs to end the call if this one dies: replaces what came before for this call.
    case dialog(SessionID, DialogSnapshot)
    /// The far end owes and is owed nothing more: the journal may forget the call. Comes once, after `.ended` (for an orphan alone).
    case released(SessionID)
    /// What became of an OPTIONS of ours; comes once for each `probe`.
    case probed(SessionID, ProbeEnd)
    /// A telephone has come, stayed or gone.
    case registration(BindingChange)
}

import Domain
import ICE
import Media

/// What the phone side tells a call's room.
package enum PhoneNews: Sendable, Equatable {
    /// It is tried: over a trunk, or at the phones of an extension (`nil`); since when, in milliseconds since 1970 UTC.
    case trying(trunk: TrunkID?, startedAt: Int64)
    /// A phone rings, or something is heard of it before the answer.
    case ringing(earlyMedia: Bool)
    /// What was agreed on with the phone: before its answer (early media), with it, or later in the call.
    ///
    /// `local` is our RTP port at the address that the phone was told; `latches` whether its RTP may come from elsewhere;
    /// `isReoffered` whether the phone has offered anew in the call, so that it may be found elsewhere once more.
    case media(TelephoneMedia, local: TransportAddress, latches: Bool, isReoffered: Bool)
    case attempted(CallAttempt)
    case answered
    /// The far end's side is over; nothing more comes.
    case ended(PhoneEnding)
}

/// Why an offer was not answered.
public enum OfferError: Error, Equatable, Sendable {
    /// The browser's offer breaks a rule.
    case negotiation(NegotiationError)
    /// No such browser in the room.
    case unknownLeg
    /// DTLS could not be set up: a fault of ours.
    case transportUnavailable
}

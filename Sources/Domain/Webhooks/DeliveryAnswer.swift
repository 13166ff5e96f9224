/// What came of one try to deliver an event.
public enum DeliveryAnswer: Sendable, Equatable {
    /// The receiver answered; its wait in seconds is what `Retry-After` asked for, if it did (RFC 9110 section 10.2.3).
    case status(Int, retryAfterSeconds: Int64? = nil)
    case failed(Failure)

    /// Why there was no answer. The raw values are stored and shown.
    public enum Failure: String, Codable, Sendable, CaseIterable {
        /// The host's name has no address.
        case unresolved
        /// Every address that it has is one that `EgressPolicy` refuses.
        case refusedAddress = "refused_address"
        case unreachable
        /// TLS: its certificate is not valid for the host, or no common version.
        case untrusted
        case timedOut = "timed_out"
        /// It answered with something that is not HTTP/1.1, or with heads without end.
        case malformed
        /// The connection broke.
        case interrupted
        /// It was not sent, since the endpoint's secret does not open.
        case unsigned

        /// One sentence for who looks into the delivery log.
        public var sentence: String {
            switch self {
            case .unresolved: "The host's name could not be resolved."
            case .refusedAddress: "The host's address is not public, and the operator does not list it in webhooks.allow_targets."
            case .unreachable: "No connection could be made."
            case .untrusted: "The TLS certificate is not valid for this host, or no common version of TLS was found."
            case .timedOut: "No answer came in time."
            case .malformed: "The answer was not HTTP."
            case .interrupted: "The connection broke before the answer."
            case .unsigned: "The endpoint's secret cannot be read any more. Rotate it."
            }
        }
    }

    /// Only 2xx is success: a redirect is not followed, so it is none.
    public var isSuccess: Bool {
        if case .status(let status, _) = self { (200...299).contains(status) } else { false }
    }
}

import Domain

/// What one socket is told about one call, or about a dial that made none.
package struct DialStatus: Sendable, Equatable {
    package var call: CallID?
    /// Only for the socket that asked.
    package var key: DialKey?
    package var number: String?
    package var label: String?
    /// A `CallState`, or `not_fired`.
    package var state: String
    package var earlyMedia: Bool
    /// RFC 3339, while the call is queued.
    package var expiresAt: String?
    package var outcome: CallOutcome?
    package var reason: CallReason?
    /// What FraudGuard refused it for.
    package var refusal: GuardRefusal?
    package var talkSeconds: Int?
    /// Seconds since the answer.
    package var answeredSeconds: Int?
    /// Whether this socket may hang it up: its load has started it, or it is a host.
    package var mayHangUp: Bool

    /// - Parameter now: milliseconds since 1970 UTC.
    package init(_ call: CallSnapshot, key: DialKey?, load: LoadID, isHost: Bool = false, now: Int64) {
        self.call = call.id
        self.key = key
        mayHangUp = isHost || call.load == load
        // Of a hidden number not even its starter's browser gets a digit.
        number = call.hidesNumber ? nil : call.load == load ? call.target.text : call.target.maskedForGuests
        label = call.label
        state = call.state.rawValue
        earlyMedia = call.earlyMedia
        if call.state == .queued { expiresAt = Timestamp.rfc3339(milliseconds: call.expiresAt) }
        if call.state == .ended {
            outcome = call.outcome
            reason = call.hidesNumber && call.refusal == nil ? call.reason.map { $0.withoutText(of: call.outcome) } : call.reason
            refusal = call.refusal
            talkSeconds = call.talkSeconds
        }
        if call.state == .answered, let answeredAt = call.answeredAt {
            answeredSeconds = Int(max(0, now &- answeredAt) / 1000)
        }
    }

    /// A dial that rings nobody, and why.
    package init(notFired key: DialKey, _ reason: CallReason, _ refusal: GuardRefusal? = nil) {
        self.key = key
        state = "not_fired"
        earlyMedia = false
        mayHangUp = false
        self.reason = reason
        self.refusal = refusal
    }
}

extension CallReason {
    /// The code with the outcome's own sentence: what a far end or a trunk wrote may hold the number.
    fileprivate func withoutText(of outcome: CallOutcome?) -> CallReason {
        CallReason(code: code, text: outcome?.sentence ?? "")
    }
}

import Crypto

/// An endpoint that is told of events: `wh_` and 12 lowercase hex digits.
public struct WebhookID: PrefixedID {
    public static let prefix = "wh_"
    public static let digits = 12
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

/// One event, the same at every endpoint and at every try: `ev_` and 24 lowercase hex digits. Receivers know repetitions by it.
public struct EventID: PrefixedID {
    public static let prefix = "ev_"
    public static let digits = 24
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

extension EventID {
    /// The id of a call's event follows from the call and the number, so that writing it twice cannot make two of it.
    public init(of call: CallID, sequence: Int) {
        let digest = SHA256.hash(data: Array("ringlink event v1 \(call.text) \(sequence)".utf8))
        self.init(unchecked: Self.prefix + String(HexDigits.encode(digest).prefix(Self.digits)))
    }

    /// The id of another subject's event. Its numbers begin anew after a long silence, so the moment is part of it.
    public init(of subject: WebhookSubject, sequence: Int, at: Int64) {
        let digest = SHA256.hash(data: Array("ringlink event v1 \(subject.text) \(sequence) \(at)".utf8))
        self.init(unchecked: Self.prefix + String(HexDigits.encode(digest).prefix(Self.digits)))
    }
}

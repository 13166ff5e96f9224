import Domain
import LibPQ

// How the domain's values are read from columns: what does not pass the domain's own check is a fault, not a value.
extension PostgresRow {
    func domain<T>(_ column: String, _ parse: (String) -> T?) throws(PostgresError) -> T {
        guard let value = parse(try value(column)) else { throw PostgresError(.fault, "column \(column) is not a valid \(T.self)") }
        return value
    }

    func optionalDomain<T>(_ column: String, _ parse: (String) -> T?) throws(PostgresError) -> T? {
        guard let text = try optional(column, as: String.self) else { return nil }
        guard let value = parse(text) else { throw PostgresError(.fault, "column \(column) is not a valid \(T.self)") }
        return value
    }

    func refusal() throws(PostgresError) -> GuardRefusal? {
        guard let text = try optional("refusal", as: String.self) else { return nil }
        return try JSONText.decode(GuardRefusal.self, text)
    }

    /// A row of the view `call_snapshots`.
    func callSnapshot() throws(PostgresError) -> CallSnapshot {
        var reason: CallReason?
        if let code = try optional("reason_code", as: String.self) {
            reason = CallReason(code: code, text: try value("reason_text"))
        }
        return CallSnapshot(
            id: try domain("id", CallID.init), room: try domain("room", RoomSlug.init),
            target: try domain("target", DialTarget.init(stored:)), trunk: try optionalDomain("trunk", TrunkID.init),
            label: try value("label"), state: try domain("state", CallState.init), earlyMedia: try value("early_media"),
            outcome: try optionalDomain("outcome", CallOutcome.init), reason: reason,
            origin: try domain("origin", DialRequest.Origin.init), load: try domain("load", LoadID.init),
            key: try domain("key", DialKey.init), queuedAt: try value("queued_at"), expiresAt: try value("expires_at"),
            answeredAt: try optional("answered_at"), endedAt: try optional("ended_at"), talkSeconds: try value("talk_seconds"),
            refusal: try refusal(), link: try optionalDomain("link", LinkID.init), hidesNumber: try value("hides_number"))
    }
}

extension DialTarget {
    /// The inverse of `text`.
    init?(stored text: String) { self.init(written: text) }
}

extension PostgresValue {
    /// A number that the bridge counts. It may use all 64 bits for an epoch, which is only ever compared for equality.
    static func bits(_ number: UInt64) -> PostgresValue { .int(Int64(bitPattern: number)) }

    static func id(_ id: some PrefixedID) -> PostgresValue { .text(id.text) }
    static func id(_ id: some ValidatedText) -> PostgresValue { .text(id.text) }

    /// Text that only people read, from a far end that we do not check: PostgreSQL has no NUL, and a record is better than none.
    static func prose(_ text: String) -> PostgresValue { .text(text.withoutNUL) }
}

extension String {
    /// Every NUL replaced by the mark of an unreadable character.
    var withoutNUL: String {
        utf8.contains(0) ? String(String.UnicodeScalarView(unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 })) : self
    }
}

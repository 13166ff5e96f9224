import Domain
import LibPQ

/// An endpoint that is told of events, as it is remembered: without its secrets.
public struct Webhook: Sendable, Equatable {
    public var id: WebhookID
    /// Grows with each change that an operator makes.
    public var version: Int64
    public var settings: Settings
    /// Verifies `v1a`; `nil` for an endpoint of before there were such keys, until its next rotation.
    public var publicKey: String?
    /// The one before it, as long as it also signs.
    public var previousPublicKey: String?
    /// Why it gets nothing; `nil` while it is enabled.
    public var disabled: DisabledReason?
    /// Since when it gets nothing.
    public var disabledAt: Int64?
    /// Since when nothing has succeeded; `nil` while all is well. Milliseconds since 1970 UTC, as are all that follow.
    public var failingSince: Int64?
    /// It said that it is overloaded, and gets nothing until then.
    public var pausedUntil: Int64?
    /// Until then messages are also signed with the secret before the present one.
    public var previousSecretUntil: Int64?
    public var createdAt: Int64
    public var updatedAt: Int64

    /// What the operator decides.
    public struct Settings: Sendable, Equatable {
        /// Checked by `WebhookURL` when it was set.
        public var url: String
        public var description: String
        /// `nil` for all, also those to come.
        public var events: [WebhookEventFilter]?
        public var signature: WebhookSignatureKind
        public var isEnabled: Bool

        public init(
            url: String, description: String = "", events: [WebhookEventFilter]? = nil, signature: WebhookSignatureKind = .hmac,
            isEnabled: Bool = true
        ) {
            self.url = url
            self.description = description
            self.events = events
            self.signature = signature
            self.isEnabled = isEnabled
        }
    }

    /// The raw values are stored and shown.
    public enum DisabledReason: String, Sendable, CaseIterable {
        case `operator`
        /// It answered 410.
        case gone
        /// Nothing has succeeded for days.
        case failing
    }
}

extension PostgresRow {
    /// A row of `webhook_endpoints`, with its times in milliseconds.
    func webhook() throws(PostgresError) -> Webhook {
        let types = try optional("events", as: [String].self)
        return Webhook(
            id: try domain("id", WebhookID.init), version: try value("version"),
            settings: Webhook.Settings(
                url: try value("url"), description: try value("description"),
                // A type that this program does not know was set by a newer one.
                events: types?.compactMap(WebhookEventFilter.init), signature: try domain("signature", WebhookSignatureKind.init),
                isEnabled: try value("enabled")),
            publicKey: try optional("public_key"), previousPublicKey: try optional("previous_public_key"),
            disabled: try optionalDomain("disabled_reason", Webhook.DisabledReason.init), disabledAt: try optional("disabled_at"),
            failingSince: try optional("failing_since"), pausedUntil: try optional("paused_until"),
            previousSecretUntil: try optional("previous_until"), createdAt: try value("created_at"), updatedAt: try value("updated_at"))
    }
}

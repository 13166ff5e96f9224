import Crypto

/// The three headers of Standard Webhooks, which prove to a receiver that a message is this installation's and fresh.
public struct WebhookSignature: Sendable, Equatable {
    /// `webhook-id`.
    public let id: String
    /// `webhook-timestamp`: when this try was made, decimal Unix seconds.
    public let timestamp: String
    /// `webhook-signature`: one `v1,<base64>` for each secret and one `v1a,<base64>` for each key, separated by spaces.
    public let signature: String

    /// Signs one try: HMAC-SHA256 (`v1`) and Ed25519 (`v1a`) over `id.timestamp.body`.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970 UTC.
    ///   - secrets: one, or two while the receiver changes from the old one to the new one; so are the keys. Either may be none.
    public init(id: EventID, body: [UInt8], now: Int64, secrets: [WebhookSecret], keys: [WebhookSigningKey] = []) {
        let timestamp = String(now / 1_000)
        let content = Array("\(id.text).\(timestamp).".utf8) + body
        self.id = id.text
        self.timestamp = timestamp
        let codes = secrets.map { secret in
            let code = HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: secret.bytes))
            return "v1," + WebhookSecret.encode(base64: Array(code))
        }
        let signatures = keys.compactMap { $0.signature(of: content) }.map { "v1a," + WebhookSecret.encode(base64: $0) }
        signature = (codes + signatures).joined(separator: " ")
    }

    public var headers: [(name: String, value: String)] {
        [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)]
    }
}

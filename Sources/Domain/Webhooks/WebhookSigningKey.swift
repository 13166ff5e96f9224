import Crypto

/// An endpoint's Ed25519 key (RFC 8032), by Standard Webhooks' asymmetric form. The private half never leaves the installation;
/// whoever has the public half can verify, and cannot sign.
public struct WebhookSigningKey: Hashable, Sendable {
    /// The seed, 32 bytes.
    public let bytes: [UInt8]
    /// As receivers verify with it.
    public let publicKey: WebhookPublicKey

    /// `nil` unless there are 32 bytes.
    public init?(bytes: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes) else { return nil }
        self.bytes = bytes
        publicKey = WebhookPublicKey(bytes: Array(key.publicKey.rawRepresentation))
    }

    /// A fresh one, from the caller's randomness: every 32 bytes are a seed.
    public static func random(using generator: inout some RandomNumberGenerator) -> WebhookSigningKey? {
        WebhookSigningKey(bytes: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// 64 bytes; `nil` never in practice.
    func signature(of content: [UInt8]) -> [UInt8]? {
        (try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes).signature(for: content)).map { Array($0) }
    }
}

extension WebhookSigningKey: CustomStringConvertible, CustomReflectable {
    /// A private key must not come into a log by an interpolation or a dump.
    public var description: String { "whsk_…" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The public half: `whpk_` and the base64 of 32 bytes.
public struct WebhookPublicKey: Hashable, Sendable {
    public static let prefix = "whpk_"
    public let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    public var text: String { Self.prefix + WebhookSecret.encode(base64: bytes) }
}

/// Which signatures an endpoint's messages carry. The raw values are stored and shown.
public enum WebhookSignatureKind: String, Codable, Sendable, CaseIterable {
    /// `v1`: HMAC-SHA256 with the endpoint's secret.
    case hmac
    /// `v1a`: Ed25519, verified with the endpoint's public key.
    case ed25519
    /// One of each.
    case both

    public var hasHMAC: Bool { self != .ed25519 }
    public var hasEd25519: Bool { self != .hmac }
}

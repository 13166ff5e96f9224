import Crypto

/// The key that an endpoint verifies with, by Standard Webhooks: `whsec_` and the base64 of 24 to 64 bytes.
public struct WebhookSecret: Hashable, Sendable {
    public static let prefix = "whsec_"
    public static let lengths = 24...64

    public let bytes: [UInt8]

    /// `nil` for another form or length.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count <= 128,
            let bytes = Self.decode(base64: text.utf8.dropFirst(Self.prefix.utf8.count))
        else { return nil }
        self.init(bytes: bytes)
    }

    /// `nil` unless there are 24 to 64 bytes.
    public init?(bytes: [UInt8]) {
        guard Self.lengths.contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    /// A fresh one of 32 bytes, from the caller's randomness.
    public init(random generator: inout some RandomNumberGenerator) {
        bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// As the receiver is given it, once.
    public var text: String { Self.prefix + Self.encode(base64: bytes) }

    /// base64 with padding (RFC 4648 section 4), by way of base64url, which differs in two characters and the padding.
    static func encode(base64 bytes: some Collection<UInt8>) -> String {
        let text = Base64URL.encode(bytes).replacing("-", with: "+").replacing("_", with: "/")
        return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }

    /// Padding may be left out, as some receivers' tools do.
    private static func decode(base64 text: some Collection<UInt8>) -> [UInt8]? {
        var text = Array(text)
        if text.count.isMultiple(of: 4) {
            for _ in 0..<2 where text.last == UInt8(ascii: "=") { text.removeLast() }
        }
        guard !text.contains(UInt8(ascii: "-")), !text.contains(UInt8(ascii: "_")) else { return nil }
        let url = text.map { byte in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        return Base64URL.decode(String(decoding: url, as: UTF8.self))
    }
}

extension WebhookSecret: CustomStringConvertible, CustomReflectable {
    /// A secret must not come into a log by an interpolation or a dump.
    public var description: String { "whsec_…" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

import Crypto

/// What a phone registers with: 10–64 visible ASCII characters. Shown at most once, kept only as its hashes.
public struct ExtensionPassword: Sendable, Equatable, CustomStringConvertible {
    public let text: String

    public init?(_ text: String) {
        guard (10...64).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        self.text = text
    }

    /// 20 characters out of 32 that nobody mistakes for one another: 100 random bits.
    public init(random generator: inout some RandomNumberGenerator) {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)
        let characters = (0..<20).map { _ in alphabet[Int(truncatingIfNeeded: generator.next() & 31)] }
        text = String(decoding: characters, as: UTF8.self)
    }

    /// A secret must not come into a log by an interpolation.
    public var description: String { "…" }
}

/// What digest authentication needs of a password, and only in its realm (RFC 8760 section 2.7, RFC 7616 section 3.4.2).
public struct DigestSecret: Sendable, Equatable, CustomStringConvertible {
    /// `MD5(number:realm:password)`, 32 lowercase hex digits.
    public let md5HA1: String
    /// `SHA-256(number:realm:password)`, 64 lowercase hex digits.
    public let sha256HA1: String

    public init(number: ExtensionNumber, realm: String, password: ExtensionPassword) {
        let text = Array("\(number.text):\(realm):\(password.text)".utf8)
        md5HA1 = HexDigits.encode(Insecure.MD5.hash(data: text))
        sha256HA1 = HexDigits.encode(SHA256.hash(data: text))
    }

    /// As good as the password in its realm.
    public var description: String { "…" }
}

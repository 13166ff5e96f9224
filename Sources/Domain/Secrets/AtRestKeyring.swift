import Crypto

/// Seals what the database must not show: AES-256-GCM under the installation's key for encryption at rest.
///
/// A sealed value is `version (1 byte) · key id (4) · nonce (12) · ciphertext · tag (16)`. The place it is stored at is
/// authenticated with it, so that a value that somebody moved to another row or column does not open.
public struct AtRestKeyring: Sendable {
    /// Where a sealed value lives.
    public struct Place: Sendable, Equatable {
        public var table: String
        public var column: String
        public var row: String

        public init(table: String, column: String, row: String) {
            self.table = table
            self.column = column
            self.row = row
        }

        /// Each part by its length, so that no two places read alike.
        fileprivate var bytes: [UInt8] {
            [table, column, row].flatMap { part in
                let length = UInt32(truncatingIfNeeded: part.utf8.count)
                return (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + Array(part.utf8)
            }
        }
    }

    /// Why a value does not open.
    public enum Refusal: Error, Sendable, Equatable {
        /// Not a sealed value of this version.
        case malformed
        /// Sealed with a key that is not here: another installation's secret.
        case unknownKey
        /// Changed, cut, or moved from where it was sealed.
        case tampered
    }

    private static let version: UInt8 = 1
    private static let headBytes = 5
    private static let nonceBytes = 12
    private static let tagBytes = 16

    /// The first seals, all open.
    private let keys: [(id: [UInt8], key: SymmetricKey)]

    /// - Parameter previous: keys that are no longer used to seal, while values sealed with them are still there.
    public init(_ current: SymmetricKey, previous: [SymmetricKey] = []) {
        keys = ([current] + previous).map { (Self.id(of: $0), $0) }
    }

    /// Four bytes that tell keys apart and say nothing about them.
    private static func id(of key: SymmetricKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("ringlink v1 at-rest key id".utf8), using: key).prefix(4))
    }

    /// Seals `plaintext` for `place`, under a nonce from the caller's randomness (which must be the system's but in tests).
    public func seal(
        _ plaintext: [UInt8], for place: Place, using generator: inout some RandomNumberGenerator
    ) throws(Refusal) -> [UInt8] {
        var nonce: [UInt8] = []
        while nonce.count < Self.nonceBytes { nonce.append(UInt8.random(in: .min ... .max, using: &generator)) }
        guard let current = keys.first else { throw .unknownKey }
        let head = [Self.version] + current.id
        do {
            let box = try AES.GCM.seal(plaintext, using: current.key, nonce: AES.GCM.Nonce(data: nonce), authenticating: head + place.bytes)
            return head + nonce + Array(box.ciphertext) + Array(box.tag)
        } catch {
            throw .malformed
        }
    }

    /// Opens what `seal` made for the same place.
    public func open(_ sealed: [UInt8], from place: Place) throws(Refusal) -> [UInt8] {
        guard sealed.count >= Self.headBytes + Self.nonceBytes + Self.tagBytes, sealed[0] == Self.version else { throw .malformed }
        let head = Array(sealed[..<Self.headBytes])
        guard let key = keys.first(where: { $0.id == Array(head[1...]) })?.key else { throw .unknownKey }
        let nonce = sealed[Self.headBytes..<(Self.headBytes + Self.nonceBytes)]
        let ciphertext = sealed[(Self.headBytes + Self.nonceBytes)..<(sealed.count - Self.tagBytes)]
        do {
            let box = try AES.GCM.SealedBox(nonce: AES.GCM.Nonce(data: nonce), ciphertext: ciphertext, tag: sealed.suffix(Self.tagBytes))
            return Array(try AES.GCM.open(box, using: key, authenticating: head + place.bytes))
        } catch {
            throw .tampered
        }
    }
}

extension AtRestKeyring: CustomStringConvertible, CustomReflectable {
    /// A key must not come into a log by an interpolation or a dump.
    public var description: String { "AtRestKeyring(\(keys.count))" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

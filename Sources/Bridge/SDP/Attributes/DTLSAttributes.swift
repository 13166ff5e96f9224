/// `a=fingerprint` (RFC 8122): the hash of the certificate that its owner will show.
public struct Fingerprint: AttributeValue {
    public static let attributeName = "fingerprint"
    /// The hash function, in lower case: `sha-256`.
    public var algorithm: String
    public var bytes: [UInt8]

    public init(algorithm: String = "sha-256", bytes: [UInt8]) {
        self.algorithm = algorithm
        self.bytes = bytes
    }

    public init?(_ value: String) {
        var fields = FieldReader(value)
        guard let algorithm = fields.field(), let digits = fields.field(), fields.remainder() == nil else { return nil }
        var bytes: [UInt8] = []
        for pair in digits.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            guard pair.count == 2, let high = pair.first.flatMap(hexValue), let low = pair.last.flatMap(hexValue) else { return nil }
            bytes.append(high << 4 | low)
        }
        self.init(algorithm: algorithm.lowercased(), bytes: bytes)
    }

    public var value: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            if !text.isEmpty { text.append(UInt8(ascii: ":")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return "\(algorithm) \(String(decoding: text, as: UTF8.self))"
    }
}

/// `a=setup` (RFC 4145, RFC 8842): who opens the DTLS association.
public enum SetupRole: String, AttributeValue {
    case active
    case passive
    case activePassive = "actpass"
    case holdConnection = "holdconn"

    public static let attributeName = "setup"
    public init?(_ value: String) { self.init(rawValue: value) }
    public var value: String { rawValue }
}

extension AttributeList {
    public var fingerprints: [Fingerprint] { every() }
    public var setup: SetupRole? { first() }
}

private func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}

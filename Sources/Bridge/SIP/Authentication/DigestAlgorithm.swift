import Crypto

/// A hash of digest authentication (RFC 7616 section 3.3, RFC 8760 section 2.1).
public enum DigestAlgorithm: String, Hashable, Sendable, CaseIterable {
    case md5 = "MD5"
    case md5Session = "MD5-sess"
    case sha256 = "SHA-256"
    case sha256Session = "SHA-256-sess"

    /// The algorithm of that name, without case; `nil` for one that we do not speak.
    public init?(name: String) {
        guard let algorithm = Self.allCases.first(where: { equalIgnoringCase($0.rawValue, name) }) else { return nil }
        self = algorithm
    }

    /// Whether HA1 covers the nonces of the session, too.
    public var isSession: Bool { self == .md5Session || self == .sha256Session }

    /// The greater, the better.
    var strength: Int {
        switch self {
        case .md5: 0
        case .md5Session: 1
        case .sha256: 2
        case .sha256Session: 3
        }
    }

    /// The hash in small hexadecimal digits, as all digests stand on the wire.
    public func hash(_ text: String) -> String {
        switch self {
        case .md5, .md5Session: Self.hex(Insecure.MD5.hash(data: Array(text.utf8)))
        case .sha256, .sha256Session: Self.hex(SHA256.hash(data: Array(text.utf8)))
        }
    }

    private static func hex(_ digest: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

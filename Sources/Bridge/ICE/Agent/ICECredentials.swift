/// The fragment and password with which one side of an ICE session is checked (RFC 8445 section 5.3, RFC 8839 section 5.4).
public struct ICECredentials: Hashable, Sendable {
    /// 4–256 ice-chars.
    public let ufrag: String
    /// 22–256 ice-chars. A secret: not for logs.
    public let password: String

    static let shortestUfrag = 4
    static let shortestPassword = 22
    static let longest = 256
    /// Characters of a fragment that we make: 48 random bits, and short enough to need no heap.
    public static let ufragLength = 8
    /// Characters of a password that we make: 144 random bits, of which 128 are demanded.
    public static let passwordLength = 24

    /// - Returns: `nil` if a part has a length or a character that it cannot have.
    public init?(ufrag: String, password: String) {
        guard Self.isValid(ufrag, shortest: Self.shortestUfrag),
            Self.isValid(password, shortest: Self.shortestPassword)
        else { return nil }
        self.ufrag = ufrag
        self.password = password
    }

    /// Fresh credentials; the generator must be one that nobody can foresee.
    public init(random: inout some RandomNumberGenerator) {
        ufrag = Self.text(count: Self.ufragLength, random: &random)
        password = Self.text(count: Self.passwordLength, random: &random)
    }

    /// ice-char: letters, digits, `+` and `/` (RFC 8839 section 5.1).
    static func isICEChar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default:
            false
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func isValid(_ text: String, shortest: Int) -> Bool {
        (shortest...longest).contains(text.utf8.count) && text.utf8.allSatisfy(isICEChar)
    }

    private static func text(count: Int, random: inout some RandomNumberGenerator) -> String {
        // 64 characters: six bits choose one, each equally often.
        String(decoding: (0..<count).map { _ in alphabet[Int(random.next() & 63 as UInt64)] }, as: UTF8.self)
    }
}

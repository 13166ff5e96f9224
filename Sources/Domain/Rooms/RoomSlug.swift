/// The name of a meeting, as `room=` carries it: 1–64 of letters, digits and `-._~`. Equal value, same meeting.
public struct RoomSlug: ValidatedText {
    public let text: String

    public init?(_ text: String) {
        let bytes = text.utf8
        guard (1...64).contains(bytes.count), bytes.allSatisfy(\.isUnreserved) else { return nil }
        self.text = text
    }

    /// For logs: enough to follow one room, too little to enter it. A private room's name is its key.
    public var shortened: String { text.utf8.count <= 6 ? String(text.prefix(2)) + "…" : String(text.prefix(5)) + "…" }

    /// The private room of a link without `room=`: `r-` and 96 random bits.
    public init(random generator: inout some RandomNumberGenerator) {
        text = "r-" + HexDigits.random(count: 24, using: &generator)
    }
}

extension UInt8 {
    /// RFC 3986 section 2.3: the characters that a URL never needs to escape.
    public var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

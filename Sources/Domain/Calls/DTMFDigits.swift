/// What is keyed into a call: 1–32 of `0`–`9`, `*`, `#`, `A`–`D`, and `w` for half a second of pause.
///
/// The letters of the fourth column may come in either case; they are kept in upper case, as RFC 4733 section 3.2 names them.
public struct DTMFDigits: ValidatedText {
    /// What one order may hold.
    public static let limit = 32

    public let text: String

    public init?(_ text: String) {
        guard (1...Self.limit).contains(text.utf8.count) else { return nil }
        var kept = ""
        for character in text {
            switch character {
            case "0"..."9", "*", "#", "A"..."D": kept.append(character)
            case "a"..."d": kept.append(contentsOf: character.uppercased())
            case "w", "W": kept.append("w")
            default: return nil
            }
        }
        self.text = kept
    }

    /// One step of what is keyed.
    public enum Step: Equatable, Sendable {
        /// An event of RFC 4733: 0–9 are the digits, 10 the star, 11 the hash, 12–15 are A–D.
        case event(UInt8)
        /// Half a second in which nothing is keyed.
        case pause
    }

    public var steps: [Step] {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): .event(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "*"): .event(10)
            case UInt8(ascii: "#"): .event(11)
            case UInt8(ascii: "A")...UInt8(ascii: "D"): .event(byte - UInt8(ascii: "A") + 12)
            default: .pause
            }
        }
    }
}

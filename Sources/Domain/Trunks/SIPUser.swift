/// The user part of a SIP address that needs no escaping (RFC 3261 section 25.1): 1–64 of letters, digits and `-_.!~*'()&=+$,`.
public struct SIPUser: ValidatedText {
    public let text: String

    public init?(_ text: String) {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ Self.isPlain($0) }) else { return nil }
        self.text = text
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-_.!~*'()&=+$,".utf8.contains(byte)
        }
    }
}

/// What a trunk asks us for: 1–128 bytes of text without control characters, quotes and backslashes, so that it fits into a
/// quoted string of SIP as it is.
public struct DigestUsername: ValidatedText {
    public let text: String

    public init?(_ text: String) {
        guard (1...128).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else { return nil }
        self.text = text
    }
}

/// The password of a trunk: 1–128 bytes without control characters. It must not come into a log by an interpolation.
public struct TrunkPassword: Sendable, Equatable, CustomStringConvertible {
    public let text: String

    public init?(_ text: String) {
        guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        self.text = text
    }

    public var description: String { "…" }
}

/// How a trunk wants numbers to be dialled: the first rule that fits rewrites the number, and no other does.
///
/// `+49…` becomes `0…` by `match: "+49", strip: 3, prepend: "0"`; `+…` becomes `00…` by `match: "+", strip: 1, prepend: "00"`.
/// A number that no rule fits is dialled in E.164 as it is.
public struct NumberRewriting: Codable, Sendable, Equatable {
    /// Rules of one trunk.
    public static let limit = 20

    public var rules: [Rule]

    public init(_ rules: [Rule] = []) { self.rules = rules }

    /// One rule. A value that exists leaves at least one character of every number that it fits.
    public struct Rule: Codable, Sendable, Equatable {
        /// Characters that may be put before a number.
        public static let prependLimit = 16

        /// What the number begins with: `+` and up to 15 digits.
        public let match: String
        /// Characters to leave out at the beginning, never more than `match` has.
        public let strip: Int
        /// What is put in their place: digits, `+`, `*` and `#`.
        public let prepend: String

        /// - Returns: `nil` for what is no such rule.
        public init?(match: String, strip: Int, prepend: String) {
            guard Self.isMatch(match), (0...match.utf8.count).contains(strip), Self.isPrepend(prepend) else { return nil }
            self.match = match
            self.strip = strip
            self.prepend = prepend
        }

        public static func isMatch(_ text: String) -> Bool {
            text.utf8.first == UInt8(ascii: "+") && text.utf8.count <= 16 && text.utf8.dropFirst().allSatisfy(Self.isDigit)
        }

        public static func isPrepend(_ text: String) -> Bool {
            text.utf8.count <= prependLimit && text.utf8.allSatisfy { isDigit($0) || "+*#".utf8.contains($0) }
        }

        private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

        /// The number as it is to be dialled; `nil` if the rule does not fit, or would leave nothing.
        func rewrite(_ number: String) -> String? {
            guard number.utf8.starts(with: match.utf8) else { return nil }
            let rewritten = prepend + number.dropFirst(strip)
            return rewritten.isEmpty ? nil : rewritten
        }
    }

    /// What is dialled for `number`, which is E.164 with its `+`.
    public func dialled(_ number: String) -> String {
        for rule in rules {
            if let rewritten = rule.rewrite(number) { return rewritten }
        }
        return number
    }
}

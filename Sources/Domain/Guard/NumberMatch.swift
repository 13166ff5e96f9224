/// Which telephone numbers a rule is about: those for which everything that it names holds.
public struct NumberMatch: Sendable, Hashable {
    /// `+` and the first 1–15 digits, or the whole number.
    public let prefix: String?
    /// ISO 3166 region, two capital letters.
    public let country: String?
    public let type: NumberType?

    /// `nil` if it names nothing, or something malformed.
    public init?(prefix: String? = nil, country: String? = nil, type: NumberType? = nil) {
        guard prefix != nil || country != nil || type != nil else { return nil }
        if let prefix {
            let digits = prefix.utf8.dropFirst()
            guard prefix.utf8.first == UInt8(ascii: "+"), (1...15).contains(digits.count), digits.first != UInt8(ascii: "0"),
                digits.allSatisfy({ (48...57).contains($0) })
            else { return nil }
        }
        if let country {
            guard country.utf8.count == 2, country.utf8.allSatisfy({ (65...90).contains($0) }) else { return nil }
        }
        self.prefix = prefix
        self.country = country
        self.type = type
    }

    public func covers(_ number: String, _ profile: NumberProfile) -> Bool {
        (prefix.map(number.hasPrefix) ?? true) && (country.map { $0 == profile.region } ?? true) && (type.map { $0 == profile.type } ?? true)
    }
}

/// A telephone number as the world writes it: `+` and 7–15 digits (ITU-T E.164), no emergency number.
public struct E164Number: ValidatedText {
    public let text: String

    public init?(_ text: String) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "+"), (7...15).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
            digits.first != 48, !EmergencyNumbers.contains(international: String(text.dropFirst()))
        else { return nil }
        self.text = text
    }
}

/// What some telephone numbers begin with: `+` and 1–15 digits.
public struct NumberPrefix: ValidatedText {
    public let text: String

    public init?(_ text: String) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "+"), (1...15).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
            digits.first != 48
        else { return nil }
        self.text = text
    }

    /// Whether `number`, in E.164, begins with it.
    public func begins(_ number: String) -> Bool { number.utf8.starts(with: text.utf8) }
}

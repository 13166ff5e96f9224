extension DialTarget {
    /// Bytes that a written number may have, separators and all.
    public static let textLimit = 64

    /// Reads what a person, a frame or a decoded `dial=` says: E.164 with its `+`, or 2–6 digits.
    ///
    /// A bare `+` of a link decodes to a space. So a leading space before 7–15 digits is a `+`, since it can be nothing else;
    /// that is decided before separators `( ) - . /` and spaces are dropped. ` 610` is extension 610.
    /// National numbers and `00…` are not guessed: which country would it be?
    public init(parsing text: String) throws(DialTargetError) {
        guard text.utf8.count <= Self.textLimit else { throw .invalidNumber }
        // In «+49 (0)30…» the zero is dialled from inside the country only; dropping the brackets would call somebody else.
        // (Looked for by its bracket first, which is cheap: numbers are read from the database, too.)
        guard !text.utf8.contains(UInt8(ascii: "(")) || !text.utf8.contains("(0)".utf8) else { throw .invalidNumber }

        let written = text.utf8.filter { !$0.isNumberSeparator }
        let hasPlus = written.first == UInt8(ascii: "+")
        let digits = hasPlus ? written.dropFirst() : written[...]
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { throw .invalidNumber }
        let number = String(decoding: digits, as: UTF8.self)

        switch digits.count {
        case 2...6 where !hasPlus:
            guard !EmergencyNumbers.contains(short: number) else { throw .emergencyNumber }
            self = .short(number)
        case 7...15 where hasPlus || text.utf8.first == UInt8(ascii: " "):
            guard digits.first != UInt8(ascii: "0") else { throw .invalidNumber }
            guard !EmergencyNumbers.contains(international: number) else { throw .emergencyNumber }
            self = .e164("+" + number)
        default:
            throw hasPlus && EmergencyNumbers.contains(international: number) ? .emergencyNumber : .invalidNumber
        }
    }
}

extension DialTarget {
    /// The target that a text means, or the text itself as `.unreadable`: a refusal has a row, too.
    public init(written text: String) {
        if let target = try? DialTarget(parsing: text) {
            self = target
            return
        }
        let harmless = text.unicodeScalars.lazy.filter { ![.control, .format].contains($0.properties.generalCategory) }
        var kept = String.UnicodeScalarView()
        var bytes = 0
        for scalar in harmless.prefix(Self.textLimit) {
            bytes += UTF8.width(scalar)
            guard bytes <= Self.textLimit else { break }
            kept.append(scalar)
        }
        self = .unreadable(String(kept))
    }

    /// Whether a text that is no target is one because it calls for help.
    static func isEmergency(writtenAs text: String) -> Bool {
        do throws(DialTargetError) {
            _ = try DialTarget(parsing: text)
            return false
        } catch {
            return error == .emergencyNumber
        }
    }
}

/// Why a text is nobody to dial.
public enum DialTargetError: String, ExplainedError, Sendable, CaseIterable {
    case invalidNumber = "invalid_number"
    /// An emergency number of some country: neither dialled nor assigned.
    case emergencyNumber = "emergency_number"

    public var problem: Problem {
        switch self {
        case .invalidNumber: Problem(.invalidNumber)
        case .emergencyNumber: Problem(.emergencyNumber)
        }
    }
}

extension UInt8 {
    /// What people write between the digits of a number.
    fileprivate var isNumberSeparator: Bool {
        switch self {
        case UInt8(ascii: " "), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"): true
        default: false
        }
    }
}

/// Why a text is not a session description; `line` counts from 1.
public enum SessionDescriptionError: Error, Equatable, Sendable {
    /// Longer than `SessionDescription.maximumLength`.
    case tooLong(bytes: Int)
    /// More than `SessionDescription.maximumSections`.
    case tooManySections(line: Int)
    /// Nothing of what has to be there is there: the text ended before `v=` and `o=`.
    case incomplete(line: Int)
    /// Not a letter, an equals sign and a value.
    case notALine(line: Int)
    /// A control character within a line; it could forge lines in what echoes it.
    case controlCharacter(line: Int)
    /// A letter that RFC 8866 does not know, or one that is out of its place.
    case misplaced(line: Int, type: Character)
    /// `v=` is not 0.
    case unsupportedVersion(line: Int)
    /// The value of this line does not follow its grammar.
    case malformed(line: Int, type: Character)

    /// Where it went wrong.
    public var line: Int {
        switch self {
        case .tooLong: 1
        case .tooManySections(let line), .incomplete(let line), .notALine(let line), .controlCharacter(let line),
            .misplaced(let line, _), .unsupportedVersion(let line), .malformed(let line, _):
            line
        }
    }
}

extension SessionDescriptionError: CustomStringConvertible {
    /// One sentence for a person.
    public var description: String {
        switch self {
        case .tooLong(let bytes): "The description has \(bytes) bytes; \(SessionDescription.maximumLength) are allowed."
        case .tooManySections(let line): "Line \(line) begins one media section too many."
        case .incomplete(let line): "The description ends at line \(line), before v= and o=."
        case .notALine(let line): "Line \(line) is not of the form x=value."
        case .controlCharacter(let line): "Line \(line) holds a control character."
        case .misplaced(let line, let type): "Line \(line) has \(type)= where it cannot be."
        case .unsupportedVersion(let line): "Line \(line) names a version other than 0."
        case .malformed(let line, let type): "The value of \(type)= in line \(line) cannot be read."
        }
    }
}

/// Reads one header value from left to right.
///
/// Works on bytes: a `Character` would swallow a combining mark into the quote or the bracket before it.
struct TextScanner {
    private(set) var rest: ArraySlice<UInt8>

    init(_ text: String) {
        rest = Array(text.utf8)[...]
    }

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }
    var next: UInt8? { rest.first }

    mutating func skipSpace() {
        rest = rest.drop { $0.isSpace }
    }

    /// Takes `character` if it is next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Takes `character` with the white space around it, if it is next.
    mutating func takeSeparator(_ character: Unicode.Scalar) -> Bool {
        let before = rest
        skipSpace()
        guard take(character) else {
            rest = before
            return false
        }
        skipSpace()
        return true
    }

    /// The longest run of such bytes, which may be none.
    mutating func take(while belongs: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let run = rest.prefix(while: belongs)
        rest = rest.dropFirst(run.count)
        return run
    }

    /// A token; `nil` if none is next.
    mutating func token() -> String? {
        let run = take { $0.isToken }
        return run.isEmpty ? nil : String(decoding: run, as: UTF8.self)
    }

    /// The content of a quoted string, its escapes undone; `nil` if none is next or it has no end.
    mutating func quotedString() -> String? {
        var scanner = self
        guard scanner.take("\"") else { return nil }
        var content: [UInt8] = []
        while let byte = scanner.rest.first {
            scanner.rest = scanner.rest.dropFirst()
            switch byte {
            case UInt8(ascii: "\""):
                self = scanner
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = scanner.rest.first else { return nil }
                content.append(escaped)
                scanner.rest = scanner.rest.dropFirst()
            default:
                content.append(byte)
            }
        }
        return nil
    }

    /// The rest, without the white space at its ends.
    mutating func remainder() -> ArraySlice<UInt8> {
        defer { rest = rest.suffix(0) }
        return rest.trimmingSpace()
    }
}

extension ArraySlice<UInt8> {
    func trimmingSpace() -> ArraySlice<UInt8> {
        var trimmed = drop { $0.isSpace }
        while let last = trimmed.last, last.isSpace { trimmed.removeLast() }
        return trimmed
    }

    /// The values of a comma-separated list; commas within quotes and angle brackets separate nothing.
    /// - Returns: `nil` if a quote or a bracket has no end, if a value is empty, or beyond `limit` values.
    func listElements(limit: Int) -> [ArraySlice<UInt8>]? {
        var elements: [ArraySlice<UInt8>] = []
        var (isQuoted, isBracketed, isEscaped) = (false, false, false)
        var start = startIndex
        for index in indices {
            if isEscaped {
                isEscaped = false
                continue
            }
            switch self[index] {
            case UInt8(ascii: "\\") where isQuoted: isEscaped = true
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "<") where !isQuoted: isBracketed = true
            case UInt8(ascii: ">") where !isQuoted: isBracketed = false
            case UInt8(ascii: ",") where !isQuoted && !isBracketed:
                elements.append(self[start..<index].trimmingSpace())
                start = index + 1
            default: break
            }
        }
        guard !isQuoted, !isBracketed else { return nil }
        elements.append(self[start...].trimmingSpace())
        guard elements.count <= limit, elements.allSatisfy({ !$0.isEmpty }) else { return nil }
        return elements
    }
}

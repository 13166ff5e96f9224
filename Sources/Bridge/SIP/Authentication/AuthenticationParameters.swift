/// A value of WWW-Authenticate, Authorization and their proxy forms: a scheme and parameters between commas.
struct AuthenticationParameters {
    static let maximumParameters = 32
    static let maximumValue = 1024

    private let all: [Parameter]

    /// Reads a value of the Digest scheme.
    /// - Returns: `nil` for another scheme, a name that comes twice, and anything beyond the limits.
    init?(digest text: String) {
        var scanner = TextScanner(text)
        scanner.skipSpace()
        guard let scheme = scanner.token(), equalIgnoringCase(scheme, "Digest"), scanner.next?.isSpace == true else { return nil }
        scanner.skipSpace()
        var all: [Parameter] = []
        repeat {
            guard all.count < Self.maximumParameters, let name = scanner.token(), !all.contains(where: { equalIgnoringCase($0.name, name) }),
                scanner.takeSeparator("=")
            else { return nil }
            let isQuoted = scanner.next == UInt8(ascii: "\"")
            guard let value = isQuoted ? scanner.rawQuotedString() : scanner.token(), value.utf8.count <= Self.maximumValue else { return nil }
            all.append(Parameter(name, value, isQuoted: isQuoted))
        } while scanner.takeSeparator(",")
        scanner.skipSpace()
        guard scanner.isAtEnd else { return nil }
        self.all = all
    }

    subscript(name: String) -> String? {
        all.first { equalIgnoringCase($0.name, name) }?.value
    }
}

extension TextScanner {
    /// What stands between quotes, its escapes kept: digests are made of it as it stands there (`unq`, RFC 7616 section 3.4).
    fileprivate mutating func rawQuotedString() -> String? {
        var ahead = self
        guard ahead.quotedString() != nil else { return nil }
        let length = rest.count - ahead.rest.count
        let content = rest.prefix(length).dropFirst().dropLast()
        self = ahead
        return String(decoding: content, as: UTF8.self)
    }
}

/// Puts such a value together.
struct AuthenticationWriter {
    private(set) var text = "Digest "
    private var isFirst = true

    mutating func plain(_ name: String, _ value: String) {
        text += "\(isFirst ? "" : ", ")\(name)=\(value)"
        isFirst = false
    }

    /// - Parameter value: with its escapes, as it was read. A quote that could end the value early is left out.
    mutating func quoted(_ name: String, raw value: String) {
        var safe: [UInt8] = []
        var isEscaped = false
        for byte in value.utf8 where byte != UInt8(ascii: "\r") && byte != UInt8(ascii: "\n") && byte != 0 {
            if byte == UInt8(ascii: "\""), !isEscaped { continue }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            safe.append(byte)
        }
        if isEscaped { safe.removeLast() }
        plain(name, "\"\(String(decoding: safe, as: UTF8.self))\"")
    }

    /// - Parameter value: in plain text.
    mutating func quoted(_ name: String, escaping value: String) {
        var writer = ValueWriter()
        writer.quoted(value)
        plain(name, writer.text)
    }
}

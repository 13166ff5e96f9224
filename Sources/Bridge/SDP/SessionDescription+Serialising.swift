extension SessionDescription {
    /// The description as text, lines ended by CRLF.
    public var text: String {
        var text = LineWriter()
        text.line("v", "0")
        text.line("o", "\(origin.username) \(origin.sessionID) \(origin.version) \(origin.address.text)")
        text.line("s", name.isEmpty ? "-" : name)
        if let connection { text.line("c", connection.text) }
        text.line("t", "\(timing.start) \(timing.stop)")
        text.attributes(attributes)
        for section in media {
            let formats = section.formats.isEmpty ? "0" : section.formats.joined(separator: " ")
            text.line("m", "\(section.kind.name) \(section.port) \(section.transport) \(formats)")
            if let connection = section.connection { text.line("c", connection.text) }
            text.attributes(section.attributes)
        }
        return text.text
    }
}

extension ConnectionAddress {
    fileprivate var text: String { "IN \(family.rawValue) \(host)" }
}

/// Collects lines. A control character other than a tab is left out of a value: no value can begin a line of its own.
private struct LineWriter {
    var text = ""

    mutating func line(_ type: Character, _ value: String) {
        text.append(type)
        text.append("=")
        if value.utf8.allSatisfy({ $0 >= 0x20 || $0 == UInt8(ascii: "\t") }) {
            text.append(value)
        } else {
            text.unicodeScalars.append(contentsOf: value.unicodeScalars.filter { $0.value >= 0x20 || $0 == "\t" })
        }
        text.append("\r\n")
    }

    mutating func attributes(_ attributes: AttributeList) {
        for attribute in attributes.all {
            line("a", attribute.value.map { "\(attribute.name):\($0)" } ?? attribute.name)
        }
    }
}

/// Puts a header value together: what needs quotes gets them.
struct ValueWriter {
    private(set) var text = ""

    mutating func plain(_ part: String) {
        text += part
    }

    /// A quoted string. Line ends and NUL are left out: nothing may begin a line of its own.
    mutating func quoted(_ content: String) {
        text += "\""
        for scalar in content.unicodeScalars {
            switch scalar {
            case "\r", "\n", "\0": continue
            case "\"", "\\":
                text.unicodeScalars.append("\\")
                text.unicodeScalars.append(scalar)
            default:
                // A control character may stand only escaped.
                if scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x7F { text.unicodeScalars.append("\\") }
                text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    mutating func parameters(_ parameters: Parameters) {
        for parameter in parameters.all {
            text += ";" + parameter.name
            guard let value = parameter.value else { continue }
            text += "="
            if parameter.isQuoted || value.isEmpty || !value.utf8.allSatisfy({ $0.isParameterValue }) {
                quoted(value)
            } else {
                text += value
            }
        }
    }
}

/// One header line before its value is understood.
struct RawField {
    var name: HeaderName
    /// Unfolded, without white space at its ends.
    var value: [UInt8]

    var text: String { String(decoding: value, as: UTF8.self) }
}

/// A message cut into its lines. Reading goes on after a fault, for the sake of the answer; the first fault counts.
struct RawMessage {
    private(set) var startLine: ArraySlice<UInt8> = []
    private(set) var fields: [RawField] = []
    /// All that follows the empty line.
    private(set) var rest: ArraySlice<UInt8> = []
    private(set) var fault: SIPParseFault?

    init(_ bytes: [UInt8]) {
        // Line ends before a message are to be passed over (RFC 3261 section 7.5).
        var position = bytes.firstIndex { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") } ?? bytes.endIndex
        guard position < bytes.endIndex else {
            fault = .empty
            return
        }
        var number = 0
        var logical: [UInt8] = []
        var logicalNumber = 0
        while true {
            guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
                note(.incomplete)
                if number == 0 { startLine = bytes[position...] }
                break
            }
            // A lone LF ends a line, too: it is unambiguous once CR is nowhere else.
            let content = bytes[position..<(end > position && bytes[end - 1] == UInt8(ascii: "\r") ? end - 1 : end)]
            position = end + 1
            number += 1
            if number == 1 {
                startLine = content
                check(content, line: 1)
            } else if let first = content.first, first.isSpace, !logical.isEmpty {
                check(content, line: number)
                logical.append(0x20)
                logical.append(contentsOf: content.trimmingSpace())
            } else {
                if !logical.isEmpty { add(logical, line: logicalNumber) }
                check(content, line: number)
                logical = Array(content)
                logicalNumber = number
                if content.isEmpty { break }
            }
            if fields.count >= MessageLimits.headerLines {
                note(.tooManyLines)
                break
            }
            if logical.count > MessageLimits.headerName + MessageLimits.headerValue {
                note(.lineTooLong(line: number))
                logical = []
            }
        }
        rest = bytes[position...]
    }

    private mutating func note(_ fault: SIPParseFault) {
        self.fault = self.fault ?? fault
    }

    /// Control characters may stand only escaped within quotes (`quoted-pair`, section 25.1).
    private mutating func check(_ content: ArraySlice<UInt8>, line: Int) {
        var isEscaped = false
        for byte in content {
            if byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F, !isEscaped || byte == UInt8(ascii: "\r") {
                note(.controlCharacter(line: line))
                return
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
    }

    private mutating func add(_ logical: [UInt8], line: Int) {
        guard let colon = logical.firstIndex(of: UInt8(ascii: ":")),
            let name = HeaderName(String(decoding: logical[..<colon].trimmingEndSpace(), as: UTF8.self))
        else {
            note(.notAHeader(line: line))
            return
        }
        let value = logical[(colon + 1)...].trimmingSpace()
        guard value.count <= MessageLimits.headerValue else {
            note(.lineTooLong(line: line))
            return
        }
        fields.append(RawField(name: name, value: Array(value)))
    }
}

extension ArraySlice<UInt8> {
    fileprivate func trimmingEndSpace() -> ArraySlice<UInt8> {
        var trimmed = self
        while let last = trimmed.last, last.isSpace { trimmed.removeLast() }
        return trimmed
    }
}

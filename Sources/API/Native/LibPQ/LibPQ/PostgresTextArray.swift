/// The text form of a one-dimensional `text[]` (PostgreSQL manual, 8.15.6).
enum PostgresTextArray {
    /// Every element is quoted, so that commas, braces, quotes and the word NULL are only text.
    static func append(_ texts: [String], to buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "{"))
        for (index, text) in texts.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: ",")) }
            buffer.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { buffer.append(UInt8(ascii: "\\")) }
                buffer.append(byte)
            }
            buffer.append(UInt8(ascii: "\""))
        }
        buffer.append(UInt8(ascii: "}"))
    }

    /// `nil` for a NULL element, a second dimension, or anything else that the server does not write for a list of texts.
    static func parse(_ text: String) -> [String]? {
        var rest = text.utf8[...]
        guard rest.popFirst() == UInt8(ascii: "{"), rest.popLast() == UInt8(ascii: "}") else { return nil }
        var texts: [String] = []
        guard !rest.isEmpty else { return texts }
        while true {
            guard let element = popElement(&rest) else { return nil }
            texts.append(element)
            guard let separator = rest.popFirst() else { return texts }
            guard separator == UInt8(ascii: ",") else { return nil }
        }
    }

    private static func popElement(_ rest: inout Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        guard rest.first == UInt8(ascii: "\"") else {
            while let byte = rest.first, byte != UInt8(ascii: ",") {
                guard byte != UInt8(ascii: "{"), byte != UInt8(ascii: "}") else { return nil }
                bytes.append(byte)
                rest.removeFirst()
            }
            let word = String(decoding: bytes, as: UTF8.self)
            return bytes.isEmpty || word == "NULL" ? nil : word
        }
        rest.removeFirst()
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return String(decoding: bytes, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            bytes.append(escaped)
        }
        return nil
    }
}

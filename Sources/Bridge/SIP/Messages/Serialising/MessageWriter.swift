/// Collects the bytes of a message. CR, LF and NUL in a value are left out: no value can begin a line of its own.
struct MessageWriter {
    private var bytes: [UInt8] = []

    mutating func startLine(_ parts: [String]) {
        for (index, part) in parts.enumerated() {
            if index > 0 { bytes.append(0x20) }
            safely(part)
        }
        end()
    }

    mutating func field(_ name: HeaderName, _ value: String) {
        safely(name.text)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(0x20)
        safely(value)
        end()
    }

    /// Appends the message with Content-Length, the empty line and the body.
    mutating func finish(body: [UInt8], into output: inout [UInt8]) {
        field(.contentLength, "\(body.count)")
        end()
        output.append(contentsOf: bytes)
        output.append(contentsOf: body)
    }

    private mutating func safely(_ text: String) {
        for byte in text.utf8 where byte != UInt8(ascii: "\r") && byte != UInt8(ascii: "\n") && byte != 0 { bytes.append(byte) }
    }

    private mutating func end() {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }
}

/// One line: a type letter and its value.
struct Line {
    let number: Int
    let type: UInt8
    let value: String

    var misplaced: SessionDescriptionError { .misplaced(line: number, type: Character(Unicode.Scalar(type))) }
    var malformed: SessionDescriptionError { .malformed(line: number, type: Character(Unicode.Scalar(type))) }
}

/// Cuts a description into lines that end in CRLF or LF; empty lines are passed over.
struct LineReader {
    private let bytes: [UInt8]
    private var position = 0
    /// The line that was read last, from 1.
    private(set) var number = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() throws(SessionDescriptionError) -> Line? {
        while position < bytes.count {
            let start = position
            var end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            position = end + 1
            number += 1
            if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            if end > start { return try line(bytes[start..<end]) }
        }
        return nil
    }

    private func line(_ content: ArraySlice<UInt8>) throws(SessionDescriptionError) -> Line {
        let value = content.dropFirst(2)
        guard content.count >= 2, content[content.startIndex + 1] == UInt8(ascii: "=") else { throw .notALine(line: number) }
        for byte in content where byte < 0x20 && byte != UInt8(ascii: "\t") {
            throw .controlCharacter(line: number)
        }
        return Line(number: number, type: content[content.startIndex], value: String(decoding: value, as: UTF8.self))
    }
}

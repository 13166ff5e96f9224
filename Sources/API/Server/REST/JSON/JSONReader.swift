/// Why a text is not the JSON that we take, and where.
package struct JSONFault: Error, Sendable, Equatable {
    /// The byte at which reading stopped, from 0.
    package var offset: Int
    /// The end of a sentence such as «The body is not JSON: …».
    package var reason: String

    package init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }
}

/// Reads JSON (RFC 8259) from outside, byte by byte.
///
/// Stricter than most: a member that is there twice is refused, because two readers may take different ones (RFC 8259 section 4); so are lone
/// surrogates and U+0000, which no text of ours can hold.
package struct JSONReader {
    /// Nothing that is read here lies deeper.
    static let nestingLimit = 12

    private let bytes: [UInt8]
    private var index = 0
    private var pointer = ""
    /// Where each member's value begins, by its JSON pointer; `nil`: nobody asked.
    private var positions: [String: Int]?

    private init(_ bytes: [UInt8], positions: [String: Int]?) {
        self.bytes = bytes
        self.positions = positions
    }

    package static func value(_ bytes: [UInt8]) throws(JSONFault) -> JSONValue {
        var reader = JSONReader(bytes, positions: nil)
        return try reader.whole()
    }

    /// Also says at which byte the value of each member begins.
    package static func valueWithPositions(_ bytes: [UInt8]) throws(JSONFault) -> (value: JSONValue, positions: [String: Int]) {
        var reader = JSONReader(bytes, positions: [:])
        let value = try reader.whole()
        return (value, reader.positions ?? [:])
    }

    private mutating func whole() throws(JSONFault) -> JSONValue {
        let value = try self.value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw fault("something follows its end") }
        return value
    }

    private func fault(_ reason: String, at offset: Int? = nil) -> JSONFault { JSONFault(offset: offset ?? index, reason: reason) }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func take(_ wanted: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: wanted) else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
        skipSpace()
        guard let next else { throw fault("it ends too early") }
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try list(depth: depth + 1)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .flag(true))
        case UInt8(ascii: "f"): return try word("false", .flag(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw fault("no value begins here")
        }
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        guard bytes[index...].starts(with: text.utf8) else { throw fault("no value begins here") }
        index += text.utf8.count
        return value
    }

    private func check(_ depth: Int) throws(JSONFault) {
        guard depth <= Self.nestingLimit else { throw fault("it nests deeper than \(Self.nestingLimit) levels") }
    }

    private mutating func object(depth: Int) throws(JSONFault) -> JSONValue {
        try check(depth)
        index += 1
        var members: [String: JSONValue] = [:]
        let outer = pointer
        defer { pointer = outer }
        skipSpace()
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            let start = index
            guard next == UInt8(ascii: "\"") else { throw fault(next == nil ? "it ends too early" : "a member's name in quotes is missing") }
            let name = try text()
            skipSpace()
            guard take(":") else { throw fault(next == nil ? "it ends too early" : "a colon is missing") }
            if positions != nil {
                pointer = JSONPointer.step(from: outer, to: name)
                skipSpace()
                positions?[pointer] = index
            }
            guard members.updateValue(try value(depth: depth), forKey: name) == nil else { throw fault("a member is there twice", at: start) }
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw fault(next == nil ? "it ends too early" : "a comma or a brace is missing") }
        }
    }

    private mutating func list(depth: Int) throws(JSONFault) -> JSONValue {
        try check(depth)
        index += 1
        var elements: [JSONValue] = []
        let outer = pointer
        defer { pointer = outer }
        skipSpace()
        if take("]") { return .list(elements) }
        while true {
            if positions != nil {
                pointer = "\(outer)/\(elements.count)"
                skipSpace()
                positions?[pointer] = index
            }
            elements.append(try value(depth: depth))
            skipSpace()
            if take("]") { return .list(elements) }
            guard take(",") else { throw fault(next == nil ? "it ends too early" : "a comma or a bracket is missing") }
        }
    }

    // MARK: Texts

    private mutating func text() throws(JSONFault) -> String {
        let start = index
        index += 1
        var text: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let valid = String(validating: text, as: UTF8.self) else { throw fault("a text is not UTF-8", at: start) }
                return valid
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw fault("a text holds a control character that is not escaped", at: index - 1)
            default: text.append(byte)
            }
        }
        throw fault("a text does not end", at: start)
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
        let start = index - 1
        guard let byte = next else { throw fault("a text does not end", at: start) }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar(from: start)).utf8)
        default: throw fault("an escape in a text is none", at: start)
        }
    }

    /// What `\uXXXX` or a pair of them says.
    private mutating func scalar(from start: Int) throws(JSONFault) -> Unicode.Scalar {
        let unit = try self.unit(from: start)
        if (0xD800...0xDBFF).contains(unit), index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") {
            index += 2
            let low = try self.unit(from: start)
            if (0xDC00...0xDFFF).contains(low), let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) { return scalar }
        }
        guard let scalar = Unicode.Scalar(unit) else { throw fault("a text holds half of a surrogate pair", at: start) }
        guard scalar.value != 0 else { throw fault("a text holds U+0000", at: start) }
        return scalar
    }

    private mutating func unit(from start: Int) throws(JSONFault) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Self.hexDigit(byte) else { throw fault("an escape in a text is none", at: start) }
            unit = unit << 4 | digit
            index += 1
        }
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    // MARK: Numbers

    /// RFC 8259 section 6. A number without a fraction is an integer however it is written: `1.0` and `1e2` are whole numbers.
    private mutating func number() throws(JSONFault) -> JSONValue {
        let start = index
        _ = take("-")
        let whole = index
        try digits()
        if bytes[whole] == UInt8(ascii: "0"), index - whole > 1 { throw fault("a number begins with 0", at: start) }
        var isPlain = true
        if take(".") {
            isPlain = false
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isPlain = false
            index += 1
            if !take("+") { _ = take("-") }
            try digits()
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isPlain, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text) else { throw fault("a number cannot be read", at: start) }
        if !isPlain, number.magnitude < 9_007_199_254_740_992, let integer = Int64(exactly: number) { return .integer(integer) }
        return .number(number)
    }

    private mutating func digits() throws(JSONFault) {
        let start = index
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        guard index > start else { throw fault("a digit is missing") }
    }
}

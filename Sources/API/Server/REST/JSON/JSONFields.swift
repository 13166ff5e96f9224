import Domain

/// What is wrong with one field of a document.
struct FieldFault: Sendable, Equatable {
    /// A JSON pointer in its URI fragment form (RFC 6901 section 6), as RFC 9457 shows it: `#/codecs/0`.
    var pointer: String
    /// One sentence for a person.
    var detail: String
    /// For programs, where there is more to say than that it cannot be used.
    var code: ProblemCode?
}

/// Reads the members of one JSON object, each by its rule, and remembers everything that is wrong with any of them.
///
/// A member that nobody asks for is a fault: a typing error must not pass as a default.
/// Read everything, then `finish()`, then use what was read.
struct JSONFields {
    private let members: [String: JSONValue]
    private let pointer: String
    private var known: Set<String> = []
    private(set) var faults: [FieldFault] = []

    init(_ members: [String: JSONValue], pointer: String = "#") {
        self.members = members
        self.pointer = pointer
    }

    /// What one member says.
    enum Member<Value> {
        case absent
        case null
        case value(Value)
    }

    /// The member by its rule; `absent` also if it breaks it, which `finish` tells.
    mutating func member<Value>(_ name: String, _ rule: JSONRule<Value>) -> Member<Value> {
        known.insert(name)
        switch members[name] {
        case nil: return .absent
        case .null?: return .null
        case let given?:
            guard let value = rule.read(given, path(to: name), &faults) else { return .absent }
            return .value(value)
        }
    }

    /// A member that may be left out or null.
    mutating func optional<Value>(_ name: String, _ rule: JSONRule<Value>) -> Value? {
        guard case .value(let value) = member(name, rule) else { return nil }
        return value
    }

    /// A member that must be there; `nil` only together with a fault.
    mutating func required<Value>(_ name: String, _ rule: JSONRule<Value>) -> Value? {
        let before = faults.count
        if case .value(let value) = member(name, rule) { return value }
        if faults.count == before { refuse(name, "This field is needed.") }
        return nil
    }

    /// Whether the member is there, null or not.
    func has(_ name: String) -> Bool { members[name] != nil }

    /// A member that may be left out and must not be null.
    mutating func setting<Value>(_ name: String, _ rule: JSONRule<Value>) -> Value? {
        switch member(name, rule) {
        case .value(let value): return value
        case .absent: return nil
        case .null:
            refuse(name, "This field cannot be null.")
            return nil
        }
    }

    /// A member of a merge patch: left out it stays, null clears it.
    mutating func change<Value>(_ name: String, _ rule: JSONRule<Value>) -> FieldChange<Value> {
        switch member(name, rule) {
        case .value(let value): .set(value)
        case .absent: .keep
        case .null: .clear
        }
    }

    /// A member of which a rule that looks at more than the member says that it will not do.
    mutating func refuse(_ name: String, _ detail: String, code: ProblemCode? = nil) {
        known.insert(name)
        faults.append(FieldFault(pointer: path(to: name), detail: detail, code: code))
    }

    /// Adds the members that nobody asked for, and throws if anything is wrong.
    ///
    /// - Throws: `InvalidFields`.
    mutating func finish() throws(InvalidFields) {
        for name in members.keys.sorted() where !known.contains(name) {
            known.insert(name)
            faults.append(FieldFault(pointer: path(to: name), detail: "This field is not known here."))
        }
        guard faults.isEmpty else { throw InvalidFields(faults: faults) }
    }

    private func path(to name: String) -> String { JSONPointer.step(from: pointer, to: name) }
}

/// Some fields of a document break their rules.
struct InvalidFields: Error, Sendable, Equatable {
    /// At least one, at most this many are told.
    static let limit = 50
    var faults: [FieldFault]

    init(faults: [FieldFault]) { self.faults = Array(faults.prefix(Self.limit)) }
}

enum JSONPointer {
    /// RFC 6901: `~` and `/` of a name are escaped; what a URI fragment cannot hold is percent-encoded.
    static func step(from pointer: String, to name: String) -> String {
        var step = pointer + "/"
        for byte in name.utf8.prefix(100) {
            switch byte {
            case UInt8(ascii: "~"): step += "~0"
            case UInt8(ascii: "/"): step += "~1"
            case let byte where byte.isPlainInFragment: step.unicodeScalars.append(Unicode.Scalar(byte))
            default: step += "%" + HexPair.upper(byte)
            }
        }
        return step
    }

    private enum HexPair {
        static func upper(_ byte: UInt8) -> String {
            let digits = Array("0123456789ABCDEF")
            return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
        }
    }
}

extension UInt8 {
    fileprivate var isPlainInFragment: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

import Domain
import Foundation

/// How one JSON value becomes a value of ours: it appends what is wrong, and gives `nil` then.
struct JSONRule<Value: Sendable>: Sendable {
    let read: @Sendable (_ given: JSONValue, _ pointer: String, _ faults: inout [FieldFault]) -> Value?

    init(_ read: @escaping @Sendable (JSONValue, String, inout [FieldFault]) -> Value?) { self.read = read }

    /// A rule that says one sentence, whatever is wrong.
    init(_ sentence: String, _ parse: @escaping @Sendable (JSONValue) -> Value?) {
        read = { given, pointer, faults in
            if let value = parse(given) { return value }
            faults.append(FieldFault(pointer: pointer, detail: sentence))
            return nil
        }
    }
}

extension JSONRule {
    /// A text that `parse` takes; `sentence` says what it takes.
    static func text(_ sentence: String, _ parse: @escaping @Sendable (String) -> Value?) -> JSONRule {
        JSONRule(sentence) { given in
            guard case .text(let text) = given else { return nil }
            return parse(text)
        }
    }
}

extension JSONRule where Value == String {
    /// Any text of so many bytes in UTF-8, without control characters.
    static func text(_ bytes: ClosedRange<Int>) -> JSONRule {
        .text("It must be a text of \(bytes.lowerBound) to \(bytes.upperBound) bytes without control characters.") { text in
            bytes.contains(text.utf8.count) && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ? text : nil
        }
    }
}

extension JSONRule where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> JSONRule {
        JSONRule("It must be a whole number from \(range.lowerBound) to \(range.upperBound).") { given in
            guard case .integer(let number) = given, let value = Int(exactly: number), range.contains(value) else { return nil }
            return value
        }
    }
}

extension JSONRule where Value == Bool {
    static var flag: JSONRule {
        JSONRule("It must be true or false.") { given in
            guard case .flag(let flag) = given else { return nil }
            return flag
        }
    }
}

extension JSONRule where Value == Int64 {
    /// An RFC 3339 time, as milliseconds since 1970 UTC.
    static var time: JSONRule {
        .text("It must be a time such as 2026-01-31T12:00:00Z.") { Timestamp.milliseconds(rfc3339: $0) }
    }
}

extension JSONRule where Value: PrefixedID {
    static var id: JSONRule { .text("It must be an id of the form \(Value.prefix)….") { Value($0) } }
}

extension JSONRule where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enumeration.
    static var word: JSONRule {
        .text("It must be one of: \(Value.allCases.map(\.rawValue).joined(separator: ", ")).") { Value(rawValue: $0) }
    }
}

extension JSONRule {
    /// A list of so many elements, each by its rule.
    static func list<Element>(_ count: ClosedRange<Int>, of rule: JSONRule<Element>) -> JSONRule where Value == [Element] {
        JSONRule { given, pointer, faults in
            guard case .list(let elements) = given, count.contains(elements.count) else {
                faults.append(FieldFault(pointer: pointer, detail: "It must be a list of \(count.lowerBound) to \(count.upperBound) elements."))
                return nil
            }
            let values = elements.enumerated().map { index, element in rule.read(element, "\(pointer)/\(index)", &faults) }
            let valid = values.compactMap { $0 }
            return valid.count == elements.count ? valid : nil
        }
    }

    /// An object whose members `body` reads; `nil` from it must come with a fault.
    static func object(_ body: @escaping @Sendable (inout JSONFields) -> Value?) -> JSONRule {
        JSONRule { given, pointer, faults in
            guard case .object(let members) = given else {
                faults.append(FieldFault(pointer: pointer, detail: "It must be an object."))
                return nil
            }
            var fields = JSONFields(members, pointer: pointer)
            let value = body(&fields)
            do throws(InvalidFields) {
                try fields.finish()
                return value
            } catch {
                faults += error.faults
                return nil
            }
        }
    }
}

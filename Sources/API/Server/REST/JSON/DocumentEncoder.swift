/// Encodes documents as JSON: members in the order in which they are declared, their names in snake case, absent ones left out.
///
/// Foundation's encoder builds a tree of dictionaries first, converts each name each time and sorts; on a page of fifty calls that was half
/// of all the work of the request. This one writes as it goes. It is for our own documents: strings, numbers, flags, lists and objects; bytes
/// and dates have no form in it but their own.
package enum DocumentEncoder {
    /// - Throws: `EncodingError` for a number that JSON has no form for.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let writer = JSONWriter()
        try writer.encode(value)
        writer.close(to: 0)
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate func encode<Value: Encodable>(_ value: Value) throws {
        let (outside, before) = (depth, bytes.count)
        if let table = value as? any TextKeyed {
            try table.encodeEntries(to: self)
        } else {
            try value.encode(to: ValueEncoder(writer: self, outside: outside))
        }
        close(to: outside)
        if bytes.count == before { writeObject() }
    }

    fileprivate func encode(finite number: Double) throws {
        guard write(number) else {
            throw EncodingError.invalidValue(number, EncodingError.Context(codingPath: [], debugDescription: "JSON has no form for \(number)"))
        }
    }

    /// What encodes nothing has no members.
    private func writeObject() {
        let outside = depth
        openObject()
        close(to: outside)
    }
}

/// A dictionary whose keys are data: they stay as they are, in their order.
private protocol TextKeyed {
    func encodeEntries(to writer: JSONWriter) throws
}

extension Dictionary: TextKeyed where Key == String, Value: Encodable {
    fileprivate func encodeEntries(to writer: JSONWriter) throws {
        let outside = writer.depth
        writer.openObject()
        for (key, value) in sorted(by: { $0.key < $1.key }) {
            writer.member(verbatim: key)
            try writer.encode(value)
        }
        writer.close(to: outside)
    }
}

/// The place of one value, with `outside` brackets open around it.
private struct ValueEncoder: Encoder {
    let writer: JSONWriter
    let outside: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        // Asked for twice, as by a class and its superclass, it goes on where it was.
        if writer.depth == outside { writer.openObject() }
        return KeyedEncodingContainer(Members<Key>(writer: writer, inside: outside + 1))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if writer.depth == outside { writer.openList() }
        return Elements(writer: writer, inside: outside + 1)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(writer: writer) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: JSONWriter
    let inside: Int

    var codingPath: [any CodingKey] { [] }

    private func begin(_ key: Key) {
        writer.close(to: inside)
        writer.member(key.stringValue)
    }

    func encodeNil(forKey key: Key) {
        begin(key)
        writer.writeNull()
    }

    func encode(_ value: Bool, forKey key: Key) {
        begin(key)
        writer.write(value)
    }

    func encode(_ value: String, forKey key: Key) {
        begin(key)
        writer.write(value)
    }

    func encode(_ value: Int, forKey key: Key) {
        begin(key)
        writer.write(value)
    }

    func encode(_ value: Int64, forKey key: Key) {
        begin(key)
        writer.write(value)
    }

    func encode(_ value: Double, forKey key: Key) throws {
        begin(key)
        try writer.encode(finite: value)
    }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        begin(key)
        try writer.encode(value)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
        begin(key)
        writer.openObject()
        return KeyedEncodingContainer(Members<Nested>(writer: writer, inside: inside + 1))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        begin(key)
        writer.openList()
        return Elements(writer: writer, inside: inside + 1)
    }

    func superEncoder() -> any Encoder {
        writer.close(to: inside)
        writer.member(verbatim: "super")
        return ValueEncoder(writer: writer, outside: inside)
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        begin(key)
        return ValueEncoder(writer: writer, outside: inside)
    }
}

private struct Elements: UnkeyedEncodingContainer {
    let writer: JSONWriter
    let inside: Int
    var count = 0

    var codingPath: [any CodingKey] { [] }

    private mutating func begin() {
        count += 1
        writer.close(to: inside)
        writer.element()
    }

    mutating func encodeNil() {
        begin()
        writer.writeNull()
    }

    mutating func encode(_ value: String) {
        begin()
        writer.write(value)
    }

    mutating func encode(_ value: some Encodable) throws {
        begin()
        try writer.encode(value)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        begin()
        writer.openObject()
        return KeyedEncodingContainer(Members<Nested>(writer: writer, inside: inside + 1))
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        begin()
        writer.openList()
        return Elements(writer: writer, inside: inside + 1)
    }

    mutating func superEncoder() -> any Encoder {
        begin()
        return ValueEncoder(writer: writer, outside: inside)
    }
}

private struct Single: SingleValueEncodingContainer {
    let writer: JSONWriter

    var codingPath: [any CodingKey] { [] }

    func encodeNil() { writer.writeNull() }
    func encode(_ value: Bool) { writer.write(value) }
    func encode(_ value: String) { writer.write(value) }
    func encode(_ value: Double) throws { try writer.encode(finite: value) }
    func encode(_ value: Float) throws { try writer.encode(finite: Double(value)) }
    func encode(_ value: Int) { writer.write(value) }
    func encode(_ value: Int8) { writer.write(value) }
    func encode(_ value: Int16) { writer.write(value) }
    func encode(_ value: Int32) { writer.write(value) }
    func encode(_ value: Int64) { writer.write(value) }
    func encode(_ value: UInt) { writer.write(value) }
    func encode(_ value: UInt8) { writer.write(value) }
    func encode(_ value: UInt16) { writer.write(value) }
    func encode(_ value: UInt32) { writer.write(value) }
    func encode(_ value: UInt64) { writer.write(value) }
    func encode(_ value: some Encodable) throws { try writer.encode(value) }
}

/// One `a=` line (RFC 8866 section 5.13): a name, and a value where there is a colon.
public struct Attribute: Equatable, Sendable {
    public var name: String
    public var value: String?

    public init(_ name: String, _ value: String? = nil) {
        self.name = name
        self.value = value
    }

    /// Reads what follows `a=`; `nil` without a name.
    init?(_ text: String) {
        var fields = FieldReader(text)
        let name = fields.upTo(UInt8(ascii: ":"))
        guard !name.isEmpty else { return nil }
        // A colon with nothing behind it is kept apart from no colon at all, so that what is echoed is the same.
        self.init(name, name.utf8.count < text.utf8.count ? fields.remainder() ?? "" : nil)
    }
}

/// An attribute whose value has a grammar.
public protocol AttributeValue: Equatable, Sendable {
    static var attributeName: String { get }
    /// Reads what follows the colon; `nil` if it does not follow the grammar.
    init?(_ value: String)
    /// What is written after the colon.
    var value: String { get }
}

/// The attributes of the session or of one section, in their order.
public struct AttributeList: Equatable, Sendable, ExpressibleByArrayLiteral {
    public private(set) var all: [Attribute]

    public init(arrayLiteral elements: Attribute...) {
        all = elements
    }

    public mutating func append(_ attribute: Attribute) {
        all.append(attribute)
    }

    public mutating func append(_ name: String, _ value: String? = nil) {
        all.append(Attribute(name, value))
    }

    public mutating func append<Value: AttributeValue>(_ value: Value) {
        all.append(Attribute(Value.attributeName, value.value))
    }

    public mutating func removeAll(named name: String) {
        all.removeAll { $0.name == name }
    }

    public func contains(_ name: String) -> Bool {
        all.contains { $0.name == name }
    }

    /// The value of the first attribute of this name.
    public func value(of name: String) -> String? {
        all.first { $0.name == name }?.value
    }

    /// The first attribute of its kind that can be read.
    public func first<Value: AttributeValue>(_: Value.Type = Value.self) -> Value? {
        for attribute in all where attribute.name == Value.attributeName {
            if let value = attribute.value.flatMap(Value.init) { return value }
        }
        return nil
    }

    /// The attributes of one kind that can be read, in their order.
    public func every<Value: AttributeValue>(_: Value.Type = Value.self) -> [Value] {
        all.compactMap { $0.name == Value.attributeName ? $0.value.flatMap(Value.init) : nil }
    }
}

/// Whether every byte may stand in a token (RFC 8866 section 9), and there is at least one.
func isToken(_ text: String) -> Bool {
    !text.isEmpty
        && text.utf8.allSatisfy { byte in
            switch byte {
            case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5E...0x7E: true
            default: false
            }
        }
}

/// `a=extmap` (RFC 8285 section 5): the number under which a header extension travels.
public struct HeaderExtension: AttributeValue {
    public static let attributeName = "extmap"
    /// 1 to 14 fit the one-byte form; up to 255 the two-byte form; 4,096 and more are offers without a number.
    public var id: UInt16
    /// `nil` is both ways.
    public var direction: Direction?
    public var uri: String
    public var parameters: String?

    public init(id: UInt16, direction: Direction? = nil, uri: String, parameters: String? = nil) {
        self.id = id
        self.direction = direction
        self.uri = uri
        self.parameters = parameters
    }

    public init?(_ value: String) {
        var fields = FieldReader(value)
        guard let number = fields.field(), let uri = fields.field() else { return nil }
        let parts = number.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count <= 2, let id: UInt16 = parts.first.flatMap({ decimal($0) }), id > 0 else { return nil }
        var direction: Direction?
        if parts.count == 2 {
            guard let written = Direction(rawValue: String(Substring(parts[1]))) else { return nil }
            direction = written
        }
        self.init(id: id, direction: direction, uri: uri, parameters: fields.remainder())
    }

    public var value: String {
        let number = direction.map { "\(id)/\($0.rawValue)" } ?? "\(id)"
        return parameters.map { "\(number) \(uri) \($0)" } ?? "\(number) \(uri)"
    }
}

/// `a=ssrc` (RFC 5576): something that is said of one source.
public struct SourceAttribute: AttributeValue {
    public static let attributeName = "ssrc"
    public var ssrc: UInt32
    /// `cname`, `msid` and others.
    public var attribute: Attribute

    public init(ssrc: UInt32, _ attribute: Attribute) {
        self.ssrc = ssrc
        self.attribute = attribute
    }

    public init?(_ value: String) {
        var fields = FieldReader(value)
        guard let ssrc: UInt32 = fields.number(), let attribute = fields.remainder().flatMap(Attribute.init) else { return nil }
        self.init(ssrc: ssrc, attribute)
    }

    public var value: String {
        attribute.value.map { "\(ssrc) \(attribute.name):\($0)" } ?? "\(ssrc) \(attribute.name)"
    }
}

/// `a=ssrc-group` (RFC 5576 section 4.2): sources that belong together.
public struct SourceGroup: AttributeValue {
    public static let attributeName = "ssrc-group"
    /// `FID`: a stream, and the one by which its packets are sent again (RFC 4588 section 8.8).
    public var semantics: String
    public var sources: [UInt32]

    public init(semantics: String, sources: [UInt32]) {
        self.semantics = semantics
        self.sources = sources
    }

    public init?(_ value: String) {
        var fields = FieldReader(value)
        guard let semantics = fields.field() else { return nil }
        var sources: [UInt32] = []
        while let ssrc: UInt32 = fields.number() { sources.append(ssrc) }
        guard !sources.isEmpty else { return nil }
        self.init(semantics: semantics, sources: sources)
    }

    public var value: String { "\(semantics) \(sources.map(String.init).joined(separator: " "))" }
}

extension AttributeList {
    public var sourceGroups: [SourceGroup] { every() }
    public var headerExtensions: [HeaderExtension] { every() }
    public var sources: [SourceAttribute] { every() }
}

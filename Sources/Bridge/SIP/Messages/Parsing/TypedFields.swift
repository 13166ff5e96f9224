/// The headers that have a type of their own, read; and the others.
struct TypedFields {
    var vias: [Via]
    var from: NameAddress
    var to: NameAddress
    var callID: String
    var cseq: CSeq
    var maxForwards: UInt8?
    var contacts: [NameAddress]
    var hasWildcardContact: Bool
    var routes: [NameAddress]
    var recordRoutes: [NameAddress]
    var contentLength: Int?
    var others: HeaderFields

    init(_ fields: [RawField]) throws(SIPParseFault) {
        vias = try Self.list(.via, fields, Via.list)
        if vias.isEmpty { throw .missing(.via) }
        guard vias.allSatisfy({ Self.isIdentifier($0.branch, orMissing: true) }) else { throw .malformed(.via) }
        from = try Self.required(.from, fields) { NameAddress($0) }
        to = try Self.required(.to, fields) { NameAddress($0) }
        guard Self.isIdentifier(from.tag, orMissing: true) else { throw .malformed(.from) }
        guard Self.isIdentifier(to.tag, orMissing: true) else { throw .malformed(.to) }
        callID = try Self.required(.callID, fields) { Self.isIdentifier($0, orMissing: false) ? $0 : nil }
        cseq = try Self.required(.cseq, fields) { CSeq($0) }
        maxForwards = try Self.optional(.maxForwards, fields) { decimal($0.utf8) }
        contentLength = try Self.optional(.contentLength, fields) { decimal($0.utf8, as: Int32.self).map { Int($0) } }
        _ = try Self.optional(.contentType, fields) { $0.isEmpty ? nil : $0 }
        hasWildcardContact = fields.contains { $0.name == .contact && $0.value == [UInt8(ascii: "*")] }
        if hasWildcardContact {
            contacts = []
            guard fields.count(where: { $0.name == .contact }) == 1 else { throw .malformed(.contact) }
        } else {
            contacts = try Self.list(.contact, fields, NameAddress.list)
        }
        routes = try Self.list(.route, fields, NameAddress.list)
        recordRoutes = try Self.list(.recordRoute, fields, NameAddress.list)
        others = HeaderFields(fields.filter { !Self.typed.contains($0.name) }.map { HeaderField($0.name, $0.text) })
    }

    private static let typed: Set<HeaderName> = [
        .via, .from, .to, .callID, .cseq, .maxForwards, .contact, .route, .recordRoute, .contentLength,
    ]

    private static func isIdentifier(_ text: String?, orMissing: Bool) -> Bool {
        guard let text else { return orMissing }
        return (1...MessageLimits.identifier).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    private static func required<Value>(
        _ name: HeaderName, _ fields: [RawField], _ read: (String) -> Value?
    ) throws(SIPParseFault) -> Value {
        guard let value = try optional(name, fields, read) else { throw .missing(name) }
        return value
    }

    private static func optional<Value>(
        _ name: HeaderName, _ fields: [RawField], _ read: (String) -> Value?
    ) throws(SIPParseFault) -> Value? {
        var found: RawField?
        for field in fields where field.name == name {
            if found != nil { throw .duplicate(name) }
            found = field
        }
        guard let found else { return nil }
        guard let value = read(found.text) else { throw .malformed(name) }
        return value
    }

    private static func list<Value>(
        _ name: HeaderName, _ fields: [RawField], _ read: (_ line: String, _ limit: Int) -> [Value]?
    ) throws(SIPParseFault) -> [Value] {
        var values: [Value] = []
        for field in fields where field.name == name {
            guard let more = read(field.text, MessageLimits.listValues - values.count) else { throw .malformed(name) }
            values += more
        }
        return values
    }
}

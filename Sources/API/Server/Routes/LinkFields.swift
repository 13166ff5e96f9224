import Domain
import HummingbirdCore
import Store

/// The fields of a link, as requests write them.
enum LinkFields {
    static let room = JSONRule<RoomSlug>.text(ProblemCode.invalidRoom.sentence) { RoomSlug($0) }
    static let dial = JSONRule<DialTarget>.text(ProblemCode.invalidNumber.sentence) { try? DialTarget(parsing: $0) }
    static let order = "It must come after not_before."

    /// What a link permits, which is also what can be changed of it.
    static func limits(_ fields: inout JSONFields) -> LinkPatch {
        var patch = LinkPatch()
        patch.notBefore = fields.change("not_before", seconds)
        patch.expiresAt = fields.change("expires_at", seconds)
        patch.maximumUses = fields.change("max_uses", .integer(1...1_000_000))
        patch.maximumSeconds = fields.change("max_call_seconds", .integer(1...86_400))
        switch fields.change("destinations", .list(0...100, of: prefix)) {
        case .keep: break
        case .clear: patch.destinations = []
        case .set(let destinations): patch.destinations = destinations
        }
        patch.callerID = fields.change("caller_id", .text("It must be + and 7 to 15 digits.") { E164Number($0) })
        patch.note = fields.change("note", .text(1...200))
        return patch
    }

    private static let prefix = JSONRule<String>.text("It must be + and the first 1 to 15 digits of numbers.") { NumberMatch(prefix: $0)?.prefix }

    /// A link's times are to the second, as its signature has them.
    private static let seconds = JSONRule<Int64>.text("It must be a time such as 2026-01-31T12:00:00Z.") {
        Timestamp.milliseconds(rfc3339: $0).map { $0 / 1_000 }
    }

    // MARK: Lists

    static let filters: Set<String> = ["kind", "revoked", "hide_number", "room", "dial", "signing_key"]

    /// Which links a list is to hold.
    static func filter(_ request: RESTRequest) throws(ProblemDocument) -> LinkFilter {
        func value<Value>(_ name: String, _ rule: String, _ read: (String) -> Value?) throws(ProblemDocument) -> Value? {
            guard let text = request.query[name[...]].map({ String($0) }) else { return nil }
            guard let value = read(text) else { throw .invalidParameter(name, rule) }
            return value
        }
        func flag(_ text: String) -> Bool? { ["true": true, "false": false][text] }
        var filter = LinkFilter()
        filter.isSigned = try value("kind", "it is random or signed") { ["random": false, "signed": true][$0] }
        filter.isRevoked = try value("revoked", "it is true or false", flag)
        filter.hidesNumber = try value("hide_number", "it is true or false", flag)
        filter.room = try value("room", "it is the name of a room") { RoomSlug($0) }
        filter.target = try value("dial", "it is a number, + written as %2B, or 2 to 6 digits") { try? DialTarget(parsing: $0) }
        filter.signingKey = try value("signing_key", "it is an id of the form sk_…") { SigningKeyID($0) }
        return filter
    }
}

import Domain
import Hummingbird
import Store

extension CallFilter {
    /// The query parameters of a list of calls, beside those of its pages.
    static let parameters: Set<String> = ["from", "to", "outcome", "state", "number", "trunk", "link", "room"]

    /// - Throws: 400 as `ProblemDocument` for a value that names nothing.
    init(_ query: Parameters) throws(ProblemDocument) {
        self.init()
        from = try Self.value(query, "from", "it is a time such as 2026-01-31T12:00:00Z") { Timestamp.milliseconds(rfc3339: $0) }
        to = try Self.value(query, "to", "it is a time such as 2026-01-31T12:00:00Z") { Timestamp.milliseconds(rfc3339: $0) }
        outcome = try Self.value(query, "outcome", "it is one of \(CallOutcome.allCases.map(\.rawValue).joined(separator: ", "))") {
            CallOutcome(rawValue: $0)
        }
        state = try Self.value(query, "state", "it is queued, dialling, ringing, answered or ended") { CallState(rawValue: $0) }
        number = try Self.value(query, "number", "it is a number with + (as %2B) and country code, or 2 to 6 digits") { text in
            // Also emergency numbers, which were refused, are looked for.
            (1...DialTarget.textLimit).contains(text.utf8.count) ? DialTarget(written: text).text : nil
        }
        trunk = try Self.value(query, "trunk", "it is tr_ and 12 hex digits") { TrunkID($0) }
        link = try Self.value(query, "link", "it is the id of a link") { LinkID($0) }
        room = try Self.value(query, "room", "it is the name of a room") { RoomSlug($0) }
    }

    private static func value<Value>(
        _ query: Parameters, _ name: Substring, _ what: String, _ parse: (String) -> Value?
    ) throws(ProblemDocument) -> Value? {
        guard let text = query[name].map(String.init) else { return nil }
        guard !text.utf8.contains(0), let value = parse(text) else { throw .invalidParameter(String(name), what) }
        return value
    }
}

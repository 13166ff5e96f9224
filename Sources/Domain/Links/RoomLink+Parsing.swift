extension RoomLink {
    /// Bytes of a whole query; far above any honest link, trackers' parameters included.
    public static let queryLimit = 8 * 1024
    /// Bytes of one value, as encoded: 80 characters of any script fit.
    public static let valueLimit = 2 * 1024

    /// Reads the query of `/room.html`, with or without its `?`.
    ///
    /// The page reads the same query in the browser (`Web/link.js`), for a person; `docs/link-cases.json` holds both to one law.
    /// A known parameter may come once: of two, one reader would take the first and another the last, so that a person and a
    /// guard could be shown different numbers. A `dial` that is no number is no fault of the link: it makes a call that is
    /// refused, with its row. A `name` that cannot be shown is left out, since the page asks for another.
    ///
    /// - Returns: `claims` are the parameters of a signature as they were written, also empty ones; `SignedLink.read` judges them.
    public static func read(query: String) throws(RoomLinkError) -> (link: RoomLink, claims: [Parameter: String]) {
        let values = try values(query: query)
        return (try RoomLink(values), values.filter(\.key.isOfSignature))
    }

    /// The decoded values of the parameters that a query has.
    private static func values(query: String) throws(RoomLinkError) -> [Parameter: String] {
        var bytes = query.utf8[...]
        if bytes.first == UInt8(ascii: "?") { bytes = bytes.dropFirst() }
        guard bytes.count <= Self.queryLimit else { throw .tooLong(nil) }

        var values: [Parameter: String] = [:]
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            guard let parameter = Parameter(encoded: name) else { continue }
            guard values[parameter] == nil else { throw .duplicated(parameter) }
            let value = pair.dropFirst(name.count + 1)
            guard value.count <= Self.valueLimit else { throw .tooLong(parameter) }
            guard let text = try? FormURLEncoding.decode(value) else { throw .damaged(parameter) }
            values[parameter] = text
        }
        return values
    }

    /// An empty value counts as absent, which is what a form or a template with a blank field means by it; but for `room`:
    /// people who follow one link must meet, and not each be alone in a random room.
    private init(_ values: [Parameter: String]) throws(RoomLinkError) {
        self.init()
        if let text = values[.room] {
            guard let room = RoomSlug(text) else { throw .malformed(.room) }
            self.room = room
        }
        if let text = values[.trunk], !text.isEmpty {
            guard let trunk = TrunkID(text) else { throw .malformed(.trunk) }
            self.trunk = trunk
        }
        // Somebody who wrote cam=0 or nocam=true wants no camera; joining with it on would be the worst way to be lenient.
        switch values[.cam] {
        case nil, "", "on": break
        case let word? where word.lowercased() == "off": camera = false
        default: throw .malformed(.cam)
        }
        switch values[.nocam] {
        case nil, "", "0": break
        case "1": camera = false
        default: throw .malformed(.nocam)
        }
        name = values[.name].flatMap { DisplayName($0) }
        if let text = values[.dial], !text.isEmpty { dial = DialTarget(written: text) }
    }
}

extension RoomLink.Parameter {
    /// A name that cannot be decoded is nobody we know.
    fileprivate init?(encoded name: some Sequence<UInt8>) {
        guard let name = try? FormURLEncoding.decode(name) else { return nil }
        self.init(rawValue: name)
    }
}

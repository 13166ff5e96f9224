extension RoomLink {
    /// Bytes of a whole query; far above any honest link, trackers' parameters included.
    public static let queryLimit = 8 * 1024
    /// Bytes of one value, as encoded: 80 characters of any script fit.
    public static let valueLimit = 2 * 1024

    /// Reads the query of `/room.html`, with or without its `?`; a `#fragment` is not part of it.
    ///
    /// A known parameter may come once: of two, one reader would take the first and another the last, so that a person
    /// and a guard could be shown different numbers. A value that is empty counts as absent, which is what a form or
    /// a template with a blank field means by it.
    public init(query: String) throws(RoomLinkError) {
        try self.init(Self.values(query: query))
    }

    /// The decoded values of the parameters that a query has.
    static func values(query: String) throws(RoomLinkError) -> [Parameter: String] {
        var bytes = query.utf8.prefix { $0 != UInt8(ascii: "#") }[...]
        if bytes.first == UInt8(ascii: "?") { bytes = bytes.dropFirst() }
        guard bytes.count <= Self.queryLimit else { throw .queryTooLong }

        var values: [Parameter: String] = [:]
        var seen: Set<Parameter> = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            guard let parameter = Parameter(encoded: name) else { continue }
            guard seen.insert(parameter).inserted else { throw .duplicated(parameter) }
            let value = pair.dropFirst(name.count + 1)
            guard value.count <= Self.valueLimit else { throw .tooLong(parameter) }
            do throws(FormURLEncoding.Fault) {
                let text = try FormURLEncoding.decode(value)
                if !text.isEmpty { values[parameter] = text }
            } catch {
                throw .invalidEncoding(parameter)
            }
        }
        return values
    }

    /// Reads a whole link or its path and query; anything but `/room.html` is refused, as the landing page would ignore it all.
    public init(url: String) throws(RoomLinkError) {
        let address = url.utf8.prefix { $0 != UInt8(ascii: "#") }
        let beforeQuery = address.prefix { $0 != UInt8(ascii: "?") }
        var path = beforeQuery[...]
        if let colon = path.firstIndex(of: UInt8(ascii: ":")), path[colon...].starts(with: "://".utf8) {
            path = path[colon...].dropFirst(3).drop { $0 != UInt8(ascii: "/") }
        }
        guard path.elementsEqual(Self.path.utf8) else { throw .notARoomPage }
        try self.init(query: String(address.dropFirst(beforeQuery.count)) ?? "")
    }

    init(_ values: [Parameter: String]) throws(RoomLinkError) {
        self.init()
        if let text = values[.room] {
            guard let room = RoomSlug(text) else { throw .invalidRoom }
            self.room = room
        }
        if let text = values[.name] {
            guard let name = DisplayName(text) else { throw .invalidName }
            self.name = name
        }
        if let text = values[.dial] {
            do throws(DialTargetError) { dial = try DialTarget(parsing: text) } catch { throw .invalidDial(error) }
        }
        if let text = values[.trunk] {
            guard let trunk = TrunkID(text) else { throw .invalidTrunk }
            self.trunk = trunk
        }
        // Somebody who wrote cam=0 or nocam=true wants no camera; joining with it on would be the worst way to be lenient.
        switch values[.cam] {
        case nil, "on": break
        case "off": camera = false
        default: throw .invalidCamera(.cam)
        }
        switch values[.nocam] {
        case nil, "0": break
        case "1": camera = false
        default: throw .invalidCamera(.nocam)
        }
    }
}

extension RoomLink.Parameter {
    /// A name that cannot be decoded is nobody we know.
    fileprivate init?(encoded name: some Sequence<UInt8>) {
        guard let name = try? FormURLEncoding.decode(name) else { return nil }
        self.init(rawValue: name)
    }
}

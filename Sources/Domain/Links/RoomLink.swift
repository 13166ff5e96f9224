/// What a link to `/room.html` asks for. Reading one is `RoomLink+Parsing.swift`.
public struct RoomLink: Sendable, Equatable {
    /// The only page that reads these parameters; at the host root they mean nothing.
    public static let path = "/room.html"

    /// The parameters of a link, in the order in which they are written, then those of its signature (`SignedLink`).
    /// Others (`utm_source`, `fbclid`) are ignored.
    public enum Parameter: String, Sendable, CaseIterable {
        case room, name, dial, trunk, cam, nocam
        case lid, role, nbf, exp, kid, sig
    }

    /// `nil`: the caller makes a random one (`RoomSlug.init(random:)`) and puts it into the address.
    public var room: RoomSlug?
    /// `nil`: the page asks.
    public var name: DisplayName?
    /// May be `.unreadable`: such a call is made and refused, so that the refusal has a row.
    public var dial: DialTarget?
    /// Pinned means pinned: no other trunk is tried.
    public var trunk: TrunkID?
    /// Whether the camera starts switched on.
    public var camera: Bool

    public init(room: RoomSlug? = nil, name: DisplayName? = nil, dial: DialTarget? = nil, trunk: TrunkID? = nil, camera: Bool = true) {
        self.room = room
        self.name = name
        self.dial = dial
        self.trunk = trunk
        self.camera = camera
    }

    /// The canonical query, without `?`: one order, RFC 3986 encoding, `cam=off` for either spelling. Equal links give equal text.
    public var query: String {
        let values: [(Parameter, String?)] = [
            (.room, room?.text), (.name, name?.text), (.dial, dial?.text), (.trunk, trunk?.text), (.cam, camera ? nil : "off"),
        ]
        return values.compactMap { parameter, value in
            value.map { parameter.rawValue + "=" + FormURLEncoding.encode($0) }
        }.joined(separator: "&")
    }

    /// The whole link under `origin`, such as `https://phone.example.com` (no slash at its end).
    public func url(origin: String) -> String {
        let query = query
        return origin + Self.path + (query.isEmpty ? "" : "?" + query)
    }
}

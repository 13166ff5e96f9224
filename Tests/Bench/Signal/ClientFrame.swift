/// The frames that a leg sends (docs/protocol.md).
struct ClientFrame: Encodable, Sendable {
    struct Description: Encodable, Sendable {
        var type: String
        var sdp: String
    }

    var type: String
    var room: String?
    var name: String?
    var load: String?
    var description: Description?
    var number: String?
    var key: String?
    var microphone: Bool?
    var camera: Bool?
    var screen: Bool?

    static func join(room: String, load: String) -> ClientFrame { ClientFrame(type: "join", room: room, name: "Bench", load: load) }
    static func offer(_ sdp: String) -> ClientFrame { ClientFrame(type: "signal", description: Description(type: "offer", sdp: sdp)) }
    static func dial(_ number: String, key: String) -> ClientFrame { ClientFrame(type: "dial", number: number, key: key) }
    /// The own switches.
    static func update(camera: Bool) -> ClientFrame { ClientFrame(type: "update", microphone: true, camera: camera, screen: false) }
    static let leave = ClientFrame(type: "leave")
    static let ping = ClientFrame(type: "ping")
}

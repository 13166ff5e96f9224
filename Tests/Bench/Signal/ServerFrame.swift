/// A frame of the server, as far as a leg needs it (docs/protocol.md).
struct ServerFrame: Decodable, Sendable {
    struct Description: Decodable, Sendable {
        var sdp: String
    }

    struct Reason: Decodable, Sendable {
        var text: String
    }

    struct Track: Decodable, Sendable {
        var participant: String
        var kind: String
    }

    var type: String
    var description: Description?
    /// Of a `dial-status`.
    var call: String?
    var state: String?
    var outcome: String?
    var reason: Reason?
    /// Of an `error`.
    var code: String?
    var detail: String?
    /// Of a `media`: how many receive sections the page should have.
    var audio: Int?
    var video: Int?
    /// Of a `tracks`: whom each section carries.
    var tracks: [String: Track]?
    /// When it was read from the socket.
    var arrival = Duration.zero

    private enum CodingKeys: String, CodingKey { case type, description, call, state, outcome, reason, code, detail, audio, video, tracks }
}

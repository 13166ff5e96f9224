/// A frame of the server, as far as a leg needs it (docs/protocol.md).
struct ServerFrame: Decodable, Sendable {
    struct Description: Decodable, Sendable {
        var sdp: String
    }

    struct Reason: Decodable, Sendable {
        var text: String
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
    /// When it was read from the socket.
    var arrival = Duration.zero

    private enum CodingKeys: String, CodingKey { case type, description, call, state, outcome, reason, code, detail }
}

/// A frame of the server, as far as a leg needs it (docs/protocol.md).
struct ServerFrame: Decodable, Sendable {
    struct Description: Decodable, Sendable {
        var sdp: String
    }

    var type: String
    var description: Description?
    /// Of a `dial-status`.
    var state: String?
    var outcome: String?
    /// Of an `error`.
    var code: String?
    var detail: String?
}

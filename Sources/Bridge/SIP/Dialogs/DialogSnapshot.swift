/// What a journal keeps of a call, so that a later process can end it (RFC 3261 sections 9 and 15).
public struct DialogSnapshot: Codable, Equatable, Sendable {
    /// How far the call had come.
    public enum Stage: String, Codable, Sendable {
        /// The INVITE is out: CANCEL ends it.
        case inviting
        /// There is a dialog: BYE ends it.
        case confirmed
    }

    public var stage: Stage
    public var callID: String
    /// From of our requests, with our tag.
    public var local: String
    /// To of our requests; without a tag while inviting.
    public var remote: String
    /// The Request-URI of the INVITE, later where the peer is.
    public var remoteTarget: String
    /// Route: of the INVITE while inviting, later that of the dialog.
    public var routes: [String]
    /// The number of our last request.
    public var localSequence: UInt32
    /// The address our requests go to.
    public var nextHop: String
    /// Whether they go there whatever `remoteTarget` says.
    public var pinsNextHop: Bool
    /// The host and the port of our Via.
    public var localAddress: String
    /// The branch of the INVITE, by which a CANCEL finds it.
    public var inviteBranch: String
    /// The number of the INVITE.
    public var inviteSequence: UInt32
}

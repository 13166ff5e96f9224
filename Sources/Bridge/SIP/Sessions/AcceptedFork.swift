/// A dialog that a 2xx to our INVITE has made. The first is the call, the others are let go at once.
struct AcceptedFork {
    enum Stage: Equatable {
        /// In use.
        case talking
        /// BYE is out.
        case leaving
        /// BYE was answered, or came from the peer.
        case left
    }

    var dialog: Dialog
    /// The ACK of its 2xx, kept for the repetitions of that (RFC 3261 section 13.2.2.4); empty in a call of a former process.
    let acknowledgement: [UInt8]
    let destination: SIPAddress
    var stage: Stage

    var tag: String { dialog.id.remoteTag }
}

/// A dialog that a provisional response to our INVITE has made.
struct EarlyFork {
    var dialog: Dialog
    /// What it said last, for a 2xx that says nothing.
    var body: SIPBody?
}

/// Where offer and answer stand once the call is up (RFC 3264 section 4, RFC 6337).
enum OfferExchange {
    /// Nobody asks anything.
    case stable
    /// The peer has asked, the caller of this session has not answered yet.
    case asked(Question)
    /// We have asked. An offer of the peer that crosses ours gets 491.
    case asking(Proposal)

    /// A re-INVITE or UPDATE of the peer.
    struct Question {
        let token: OfferToken
        let request: SIPRequest
        let key: ServerTransactionKey
        /// When it is refused in place of a caller who does not answer.
        let deadline: Duration
        /// What we wanted to ask when the peer was faster; it has its turn afterwards.
        let postponed: Proposal?

        /// Where things stand when this is settled.
        var afterwards: OfferExchange { postponed.map { .asking($0) } ?? .stable }
    }

    /// A re-INVITE of ours.
    struct Proposal {
        let body: SIPBody
        /// 491 answers so far (RFC 3261 section 14.1).
        var collisions = 0
        /// When it is tried again; `nil` while it is out.
        var retryAt: Duration?
    }
}

/// Our 2xx to a re-INVITE, repeated until its ACK comes (RFC 3261 section 13.3.1.4).
struct UnacknowledgedAnswer {
    let sequence: UInt32
    let datagram: [UInt8]
    let destination: SIPAddress
    /// Whether it holds our offer, so that the ACK brings the answer.
    let awaitsAnswer: Bool
    var retransmitAt: Duration
    var interval: Duration
    /// When the call is given up (section 14.2).
    let giveUpAt: Duration

    var deadline: Duration { min(retransmitAt, giveUpAt) }
}

/// What there is only while the call is up.
struct Talk {
    /// The fork that the call is with.
    let tag: String
    var exchange = OfferExchange.stable
    var unacknowledged: UnacknowledgedAnswer?
    /// The ACK of the last re-INVITE of ours, for repetitions of its 2xx.
    var reinviteAcknowledgement: (sequence: UInt32, datagram: [UInt8], destination: SIPAddress)?

    /// Whether an offer of ours waits for its answer: one of the peer would cross it.
    var hasOwnOffer: Bool {
        if unacknowledged?.awaitsAnswer == true { return true }
        switch exchange {
        // Between two tries nothing of ours is out.
        case .asking(let proposal): return proposal.retryAt == nil
        case .stable, .asked: return false
        }
    }

    var deadline: Duration? {
        let own: Duration? =
            switch exchange {
            case .stable: nil
            case .asked(let question): question.deadline
            case .asking(let proposal): proposal.retryAt
            }
        return [own, unacknowledged?.deadline].compactMap { $0 }.min()
    }
}

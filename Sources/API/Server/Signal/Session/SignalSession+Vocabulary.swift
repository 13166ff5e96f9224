import Domain

extension SignalSession {
    /// What the driver is to do, in this order.
    package enum Action: Sendable, Equatable {
        case send(ServerFrame)
        /// Work that ends with one of the session's `…Finished` inputs.
        case start(Operation)
        /// The browser left on purpose: its place is given up.
        case abandon(Place)
        /// The last action there is.
        case close(SignalClose)
    }

    /// Work that waits for others.
    package enum Operation: Sendable, Equatable {
        case join(JoinFrame)
        case offer(Place, sdp: String)
        case dial(DialRequest)
        case hangup(Place, CallID, isHost: Bool)
        case dtmf(Place, CallID, DTMFDigits, isHost: Bool)
        case update(Place, Switches)
        case view(Place, [TrackSource])
        case moderate(Place, Moderation)
        case chat(Place, name: String, ChatText)
    }

    /// What a host wants.
    package enum Moderation: Sendable, Equatable {
        case mute(ParticipantID, on: Bool)
        /// A browser is put out, a phone is hung up.
        case kick(ParticipantID)
        case lock(on: Bool)
        case end

        /// The type of its frame.
        package var type: String {
            switch self {
            case .mute: "mute"
            case .kick: "kick"
            case .lock: "lock"
            case .end: "end"
            }
        }
    }

    /// A place in a room, as the join made it.
    package struct Admission: Sendable, Equatable {
        package var place: Place
        package var participants: [Participant]
        package var resume: String
        package var resumed: Bool
        package var calls: [CallSnapshot]
        package var isLocked: Bool
        /// The signed link by which the browser came.
        package var signed: SignedLink?
        /// The link by which the browser came, if it hides its number.
        package var hidden: HiddenLink?

        /// What the newcomer goes by.
        var name: String { participants.first { $0.id == .peer(place.peer) }?.name ?? "" }

        package init(
            place: Place, participants: [Participant], resume: String, resumed: Bool, calls: [CallSnapshot], isLocked: Bool = false,
            signed: SignedLink? = nil, hidden: HiddenLink? = nil
        ) {
            self.hidden = hidden
            self.isLocked = isLocked
            self.signed = signed
            self.place = place
            self.participants = participants
            self.resume = resume
            self.resumed = resumed
            self.calls = calls
        }
    }

    /// What a dial came to, when it did not fail.
    package enum DialResult: Sendable, Equatable {
        case call(CallSnapshot, at: Int64)
        case notFired(CallReason, GuardRefusal?)
    }
}

extension SignalFault {
    /// Whether only the bridge was away: what it did not do can be asked for once more.
    package var passes: Bool { problem.code == .bridgeUnavailable }
}

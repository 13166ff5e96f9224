import Domain

/// What a session knows once its socket has a place.
struct JoinedState {
    let place: Place
    /// The signed link by which the browser came.
    let signed: SignedLink?
    /// The link by which the browser came, if it hides its number.
    let hidden: HiddenLink?
    /// The own name, as the room has it.
    let name: String
    /// Orders of a host, digits and messages, the first of them under way: each waits for the one before it.
    var ordered: [SignalSession.Operation] = []
    /// Whether it may hang up and key into what others have called, and moderate the room.
    var isHost: Bool { signed?.role == .host }
    var offerInFlight = false
    /// Offers that came meanwhile: each is refused once the answer before it is out, since the page counts answers and errors in order.
    var offersTooEarly = 0
    /// Dials and hang-ups that wait for an answer.
    var operations = 0
    var dialsInFlight: Set<DialKey> = []
    /// The keys under which this socket asked for calls that are still up.
    var asked: [CallID: DialKey] = [:]
    /// How far each call was told, so that news never go backwards.
    private(set) var told: [CallID: Told] = [:]
    private var sections: MediaSections?
    var updates = NewestWins<Switches>()
    var views = NewestWins<[TrackSource]>()

    struct Told: Equatable {
        var state: CallState
        var earlyMedia: Bool
    }

    /// Ended calls are remembered to keep stale news away; beyond this many they are forgotten.
    private static let toldLimit = 256

    init(place: Place, name: String, signed: SignedLink? = nil, hidden: HiddenLink? = nil) {
        self.hidden = hidden
        self.name = name
        self.place = place
        self.signed = signed
    }

    /// Notes what a call has come to; `false` if that is nothing new, or older than what was told.
    @discardableResult
    mutating func tell(_ call: CallSnapshot) -> Bool {
        let now = Told(state: call.state, earlyMedia: call.earlyMedia)
        if let before = told[call.id], now == before || now.state < before.state { return false }
        if told.count >= Self.toldLimit { told = told.filter { $0.value.state != .ended } }
        told[call.id] = now
        return true
    }

    /// The frames that news make.
    mutating func frames(for news: RoomNews) -> [ServerFrame] {
        switch news {
        case .joined(let participant):
            // The welcome has told the newcomer of itself.
            return participant.id == .peer(place.peer) ? [] : [.peerJoined(participant)]
        case .updated(let participant):
            return [.peerUpdated(participant)]
        case .left(let participant):
            return participant == .peer(place.peer) ? [] : [.peerLeft(participant)]
        case .speaking(let participants):
            return [.speaking(participants)]
        case .locked(let isLocked):
            return [.locked(isLocked)]
        case .chat(let message):
            return [.chat(message)]
        case .sections(let sections):
            return frames(for: sections)
        case .call(let call, let at):
            guard tell(call) else { return [] }
            let key = call.state == .ended ? asked.removeValue(forKey: call.id) : asked[call.id]
            return [.dialStatus(DialStatus(call, key: key, load: place.load, isHost: isHost, now: at))]
        }
    }

    /// Only what changed: a page that is told the same again would offer again.
    private mutating func frames(for new: MediaSections) -> [ServerFrame] {
        let old = sections
        if let old, new.revision < old.revision { return [] }
        sections = new
        var frames: [ServerFrame] = []
        if old?.audio != new.audio || old?.video != new.video { frames.append(.media(audio: new.audio, video: new.video)) }
        if old?.tracks != new.tracks { frames.append(.tracks(new.tracks)) }
        if old?.upload != new.upload { frames.append(.upload(new.upload)) }
        return frames
    }
}

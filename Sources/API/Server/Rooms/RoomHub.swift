import Domain

/// Which sockets of this process are in which room, and which places wait for theirs to come back.
package actor RoomHub {
    /// How long a place waits for its socket.
    static let returnPatience = Duration.seconds(30)

    private enum Holder {
        case socket(SignalSocket)
        /// Since when the place has none.
        case nobody(since: Duration)
    }

    private var open: [ObjectIdentifier: SignalSocket] = [:]
    private var rooms: [RoomSlug: [PeerID: Holder]] = [:]
    private var isClosing = false

    package init() {}

    // MARK: Sockets

    func opened(_ socket: SignalSocket) {
        open[ObjectIdentifier(socket)] = socket
        if isClosing { socket.close(.serverRestarting) }
    }

    func closed(_ socket: SignalSocket) { open[ObjectIdentifier(socket)] = nil }

    /// The process goes down: everybody is told to come back, and nobody is let in any more.
    func close() {
        isClosing = true
        for socket in open.values { socket.close(.serverRestarting) }
    }

    /// Rooms in which somebody has a socket here.
    var occupied: [RoomSlug] {
        rooms.filter { $0.value.values.contains { if case .socket = $0 { true } else { false } } }.map(\.key)
    }

    // MARK: Places

    /// Whether `peer` has a place in `room` that a socket may take (back).
    func holds(_ peer: PeerID, in room: RoomSlug) -> Bool { rooms[room]?[peer] != nil }

    /// Seats `socket`; one that had the place before is closed as replaced.
    func enter(_ place: Place, _ socket: SignalSocket) {
        if case .socket(let before) = rooms[place.room]?[place.peer], before !== socket { before.close(.replaced) }
        rooms[place.room, default: [:]][place.peer] = .socket(socket)
    }

    /// The socket is gone; the place waits if `waiting`. `false` if another socket has it: then nothing is changed. `false`, too, while the
    /// process goes down: the bridge may be gone already, and finds out by itself who comes back to another process.
    func leave(_ place: Place, _ socket: SignalSocket, waiting: Bool, now: Duration) -> Bool {
        guard !isClosing else { return false }
        guard case .socket(let holder) = rooms[place.room]?[place.peer], holder === socket else { return false }
        set(waiting ? .nobody(since: now) : nil, place.room, place.peer)
        return true
    }

    /// The bridge says that the peer has left. A socket that is still there stays; its place is made anew when it joins again.
    func left(_ peer: PeerID, of room: RoomSlug) {
        if case .nobody = rooms[room]?[peer] { set(nil, room, peer) }
    }

    /// Places whose sockets did not come back in time; they are forgotten here, and to be left at the bridge.
    func overdue(now: Duration) -> [(room: RoomSlug, peer: PeerID)] {
        var overdue: [(room: RoomSlug, peer: PeerID)] = []
        for (room, holders) in rooms {
            for (peer, holder) in holders {
                if case .nobody(let since) = holder, now - since > Self.returnPatience { overdue.append((room, peer)) }
            }
        }
        for (room, peer) in overdue { set(nil, room, peer) }
        return overdue
    }

    /// The bridge's rooms at a hello. Peers without a socket here get the time to come back: this process may be the one that restarted.
    func adopt(_ rosters: [RoomRoster], now: Duration) {
        for roster in rosters {
            for case .peer(let peer) in roster.participants.map(\.id) where rooms[roster.room]?[peer] == nil {
                set(.nobody(since: now), roster.room, peer)
            }
        }
    }

    /// The bridge has started anew and knows no room: who had a place must join again.
    func bridgeRestarted() {
        let seated = rooms.values.flatMap(\.values)
        rooms = [:]
        for case .socket(let socket) in seated { socket.close(.serverRestarting) }
    }

    /// Whether the place is still this socket's.
    func isSeated(_ socket: SignalSocket, _ place: Place) -> Bool {
        if case .socket(let holder) = rooms[place.room]?[place.peer] { holder === socket } else { false }
    }

    /// Closes the socket of `peer`, and gives its place to nobody.
    func expel(_ peer: PeerID, from room: RoomSlug, _ reason: SignalClose) {
        guard let holder = rooms[room]?[peer] else { return }
        set(nil, room, peer)
        if case .socket(let socket) = holder { socket.close(reason) }
    }

    func expelAll(from room: RoomSlug, _ reason: SignalClose) {
        for peer in Array((rooms[room] ?? [:]).keys) { expel(peer, from: room, reason) }
    }

    private func set(_ holder: Holder?, _ room: RoomSlug, _ peer: PeerID) {
        rooms[room, default: [:]][peer] = holder
        if rooms[room]?.isEmpty == true { rooms[room] = nil }
    }

    // MARK: News

    /// Tells everybody in `room`, or only `peer`.
    func tell(_ news: RoomNews, in room: RoomSlug, only peer: PeerID? = nil) {
        guard let holders = rooms[room] else { return }
        if let peer {
            if case .socket(let socket) = holders[peer] { socket.tell(news) }
            return
        }
        for case .socket(let socket) in holders.values { socket.tell(news) }
    }
}

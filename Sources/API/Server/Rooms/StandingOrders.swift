import Domain

/// What was promised here and the bridge has not confirmed yet: somebody is put out, a meeting is over, a call is hung up.
///
/// Each is asked for again, until the bridge answers or has begun anew and knows no room; always under the same id, so that a meeting
/// that was ended is not ended once more when the next one has begun. Until then nobody enters the room, and who is put out gets no place.
package actor StandingOrders {
    /// All that are kept; beyond that an order is given once and no more.
    package static let limit = 4_096

    package enum Order: Hashable, Sendable {
        case remove(PeerID, RoomSlug)
        case end(RoomSlug)
        case hangup(CallID, by: CallParty = .user)
    }

    private let bridge: any BridgeConnection
    private let clock: ServerClock
    private var ids: [Order: String] = [:]

    package init(bridge: any BridgeConnection, clock: ServerClock) {
        self.bridge = bridge
        self.clock = clock
    }

    /// What is to be asked for again.
    package var all: [Order] { Array(ids.keys) }

    /// Gives an order; it stands until the bridge has answered it.
    ///
    /// - Parameter patience: milliseconds.
    package func give(_ order: Order, patience: Int64) async throws(BridgeUnavailable) -> BridgeAnswer {
        let id = keep(order)
        let answer = try await bridge.send(order.command, id: id, expiry: clock.wallMilliseconds + patience, claim: { _ in true })
        if ids[order] == id { ids[order] = nil }
        return answer
    }

    private func keep(_ order: Order) -> String {
        if let known = ids[order] { return known }
        var generator = SystemRandomNumberGenerator()
        let id = HexDigits.random(count: 32, using: &generator)
        if ids.count < Self.limit { ids[order] = id }
        return id
    }

    /// Has everything done that stands for `room`, before somebody enters it.
    package func settle(_ room: RoomSlug, patience: Int64) async throws(BridgeUnavailable) {
        guard !ids.isEmpty else { return }
        for order in ids.keys.filter({ $0.room == room }) { _ = try await give(order, patience: patience) }
    }

    /// The rosters of a bridge without those who are to leave.
    package func spare(_ rosters: [RoomRoster]) -> [RoomRoster] {
        guard !ids.isEmpty else { return rosters }
        return rosters.filter { ids[.end($0.room)] == nil }.map { roster in
            let staying = roster.participants.filter { participant in
                if case .peer(let peer) = participant.id { ids[.remove(peer, roster.room)] == nil } else { true }
            }
            return RoomRoster(room: roster.room, participants: staying)
        }
    }

    /// There is nothing left to do about it.
    package func drop(_ order: Order) { ids[order] = nil }

    /// The bridge has begun anew: it knows nobody.
    package func bridgeRestarted() { ids = [:] }
}

extension StandingOrders.Order {
    var command: BridgeCommand {
        switch self {
        case .remove(let peer, let room): .moderate(room: room, .remove(peer))
        case .end(let room): .moderate(room: room, .end)
        case .hangup(let call, let party): .hangup(call: call, by: party)
        }
    }

    /// The room that is not as it should be; `nil` for a call, which is in nobody's way.
    var room: RoomSlug? {
        switch self {
        case .remove(_, let room), .end(let room): room
        case .hangup: nil
        }
    }
}

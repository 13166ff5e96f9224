import Domain
import ICE
import Media

extension LiveRoom {
    /// A datagram for one of the room's legs.
    func receive(_ datagram: inout [UInt8], leg: LegID, on path: TransportPath, now: Duration, wallClock: Int64, into output: inout RoomOutput) {
        engine.receive(&datagram, leg: leg, on: path, now: now, wallClock: wallClock, into: &output.packets)
        if engine.hasEvents { drainEngine(now: now, into: &output) }
    }

    /// Every 20 ms at the room's phase, while it has a phone.
    func mix(now: Duration, into output: inout RoomOutput) {
        engine.mix(now: now, into: &output.packets)
        if engine.hasEvents { drainEngine(now: now, into: &output) }
    }

    /// About ten times a second: retransmissions, reports, and everything that ends by time.
    func housekeep(now: Duration, wallClock: Int64, into output: inout RoomOutput) {
        engine.housekeep(now: now, wallClock: wallClock, into: &output.packets)
        drainEngine(now: now, into: &output)
        for place in places.values {
            if let seen = engine.mediaSeen(place.leg), seen > place.mediaSeenAt { places[place.peer]?.mediaSeenAt = seen }
        }
        for peer in places.values.filter({ $0.hasLeft(now: now) }).map(\.peer) { _ = leave(peer, now: now, into: &output) }
        settleGrace(now: now, into: &output)
        endOverdueCalls(now: now, into: &output)
        if let speaking = engine.takeSpeaking() {
            output.signals.append(.speaking(room: slug, speaking.compactMap(participantID(of:))))
        }
    }

    private func endOverdueCalls(now: Duration, into output: inout RoomOutput) {
        for live in Array(calls.values) {
            let answered = live.state == .answered
            if let end = live.graceEndsAt, end <= now {
                self.end(
                    live.call, answered ? .completed : .cancelled, by: .roomEmpty, "The last browser left the room.", now: now, into: &output)
            } else if let end = live.maximumEndsAt, end <= now {
                self.end(live.call, .completed, by: .limit, "The call reached its longest time.", now: now, into: &output)
            }
        }
    }

    /// Carries the engine's news into the room's books.
    func drainEngine(now: Duration, into output: inout RoomOutput) {
        for event in engine.takeEvents() {
            switch event {
            case .transportOpened(let leg, let ufrag): output.routing.append(.ufrag(ufrag, leg))
            case .transportClosed(let leg, let ufrag):
                output.routing.append(.forgetUfrag(ufrag))
                output.routing.append(.forgetAddresses(leg))
            case .ufragForgotten(let ufrag): output.routing.append(.forgetUfrag(ufrag))
            case .addressLearned(let leg, let address): output.routing.append(.address(address, leg))
            case .addressForgotten(let leg, let address): output.routing.append(.forgetAddress(address, leg))
            case .mediaUp(let leg): mediaChanged(leg, up: true, closed: false, now: now, into: &output)
            case .mediaDown(let leg, let closed):
                mediaChanged(leg, up: false, closed: closed, now: now, into: &output)
                // close_notify without a socket is a closed tab; with one it may be a page that makes a new connection.
                if closed, let peer = peersByLeg[leg], places[peer]?.socketLostAt != nil { _ = leave(peer, now: now, into: &output) }
            case .sectionsChanged(let leg):
                if let peer = peersByLeg[leg] { output.signals.append(.sections(room: slug, peer: peer, sections(of: leg))) }
            case .transportFailed(_, let reason): output.failures.append(reason)
            case .farEndHungUp(let leg):
                if let call = callsByLeg[leg] { end(call, .completed, by: .phone, "The far end hung up.", now: now, into: &output) }
            }
        }
    }

    private func mediaChanged(_ leg: LegID, up: Bool, closed: Bool, now: Duration, into output: inout RoomOutput) {
        guard let peer = peersByLeg[leg] else { return }
        places[peer]?.hasMedia = up
        places[peer]?.closedMedia = closed
        // A connection that was given up in silence was last seen before: the 15 s of consent are the 15 s of the place.
        if up || closed { places[peer]?.mediaSeenAt = now }
        settleGrace(now: now, into: &output)
    }

    private func participantID(of leg: LegID) -> ParticipantID? {
        if let peer = peersByLeg[leg] { return .peer(peer) }
        return callsByLeg[leg].map { .call($0) }
    }
}

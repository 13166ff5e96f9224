import Domain
import Media

extension LiveRoom {
    /// Does what a host wants.
    func moderate(_ order: ModerationOrder, now: Duration, into output: inout RoomOutput) -> BridgeAnswer {
        switch order {
        case .mute(let participant, let isMuted): return mute(participant, isMuted, into: &output)
        case .remove(let peer):
            guard let place = places[peer] else { return .refused(.unknownParticipant) }
            admitted.remove(place.load)
            return leave(peer, now: now, into: &output)
        case .lock(let isLocked):
            if isLocked != self.isLocked { admitted = isLocked ? Set(places.values.map(\.load)) : [] }
            self.isLocked = isLocked
            // Told also when nothing changed: who asks for it may have missed the last time.
            output.signals.append(.locked(room: slug, isLocked))
            return .accepted
        case .end:
            for call in Array(calls.keys) {
                end(
                    call, calls[call]?.state == .answered ? .completed : .cancelled, by: .user, "The meeting was ended.", now: now,
                    into: &output)
            }
            for peer in Array(places.keys) { _ = leave(peer, now: now, into: &output) }
            return .accepted
        }
    }

    private func mute(_ participant: ParticipantID, _ isMuted: Bool, into output: inout RoomOutput) -> BridgeAnswer {
        switch participant {
        case .peer(let peer):
            guard let place = places[peer] else { return .refused(.unknownParticipant) }
            places[peer]?.isMuted = isMuted
            if !isMuted { muted.remove(place.load) } else if muted.count < Self.memory { muted.insert(place.load) }
            engine.setMuted(isMuted, place.leg)
            output.signals.append(.participant(room: slug, places[peer]?.participant ?? place.participant))
        case .call(let call):
            guard let live = calls[call], live.state == .answered else { return .refused(.unknownParticipant) }
            calls[call]?.isMuted = isMuted
            engine.setMuted(isMuted, live.leg)
            output.signals.append(.participant(room: slug, calls[call]?.participant ?? live.participant))
        }
        return .accepted
    }
}

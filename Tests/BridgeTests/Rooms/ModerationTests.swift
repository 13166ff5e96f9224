import Bridge
import Domain
import Testing

@Suite("What a host does to a room")
struct ModerationTests {
    private func moderate(_ rig: RoomRig, _ order: ModerationOrder) -> BridgeAnswer { rig.perform(.moderate(room: Sample.room, order)) }

    private struct Unexpected: Error {}

    /// `nil` if it was not let in.
    private func isLocked(_ answer: BridgeAnswer) -> Bool? { if case .joined(_, let isLocked) = answer { isLocked } else { nil } }

    @Test("A locked room lets in hosts, and who comes back to his place; unlocked, everybody")
    func locks() {
        let rig = RoomRig()
        rig.perform(Sample.join(1))
        #expect(moderate(rig, .lock(true)) == .accepted && moderate(rig, .lock(true)) == .accepted)
        // Told twice: who asks again may have missed the first time.
        #expect(rig.signals == [.locked(room: Sample.room, true), .locked(room: Sample.room, true)])
        #expect(rig.perform(Sample.join(2)) == .refused(.roomLocked))
        rig.perform(.socketLost(room: Sample.room, peer: Sample.peer(1)))
        #expect(isLocked(rig.perform(Sample.join(1))) == true)
        let host = JoinCommand(room: Sample.room, peer: Sample.peer(3), name: DisplayName("Hanna")!, load: Sample.load(3), isHost: true)
        let answer = rig.perform(.join(host))
        #expect(isLocked(answer) == true)
        #expect(answer.participants == [Sample.peer(1), Sample.peer(3)])
        #expect(moderate(rig, .lock(false)) == .accepted)
        #expect(isLocked(rig.perform(Sample.join(2))) == false)
    }

    @Test("A reload is let into a locked room and stays muted; who was put out is not let in")
    func reloads() {
        let rig = RoomRig()
        rig.perform(Sample.join(1))
        rig.perform(Sample.join(2))
        _ = moderate(rig, .lock(true))
        _ = moderate(rig, .mute(.peer(Sample.peer(2)), on: true))
        rig.perform(.leave(room: Sample.room, peer: Sample.peer(2)))
        let again = JoinCommand(room: Sample.room, peer: Sample.peer(3), name: DisplayName("Ada")!, load: Sample.load(2))
        guard case .joined(let participants, isLocked: true) = rig.perform(.join(again)) else {
            Issue.record("not let back in")
            return
        }
        #expect(participants.map(\.isMuted) == [false, true])
        _ = moderate(rig, .remove(Sample.peer(3)))
        #expect(rig.perform(.join(again)) == .refused(.roomLocked))
    }

    @Test("A lock ends with the room")
    func lockEnds() {
        let rig = RoomRig()
        rig.perform(Sample.join(1))
        _ = moderate(rig, .lock(true))
        rig.perform(.leave(room: Sample.room, peer: Sample.peer(1)))
        #expect(rig.table.isEmpty)
        #expect(isLocked(rig.perform(Sample.join(2))) == false)
    }

    @Test("Who is muted is shown as muted, a browser or a phone that answered, and stays so over a reconnect")
    func mutes() throws {
        let rig = RoomRig()
        rig.connect(1)
        rig.perform(Sample.dial())
        _ = rig.takeChanges()
        for id in [ParticipantID.peer(Sample.peer(1)), .call(Sample.call(1))] {
            #expect(moderate(rig, .mute(id, on: true)) == .accepted)
            let told = rig.signals.compactMap {
                if case .participant(_, let participant) = $0, participant.id == id { participant.isMuted } else { nil }
            }
            #expect(told == [true])
        }
        rig.perform(.socketLost(room: Sample.room, peer: Sample.peer(1)))
        let answer = rig.perform(Sample.join(1))
        guard case .joined(let participants, _) = answer else { throw Unexpected() }
        #expect(participants.map(\.isMuted) == [true, true])
    }

    @Test(
        "Nobody who is not there can be muted or put out",
        arguments: [ModerationOrder.mute(.peer(Sample.peer(9)), on: true), .mute(.call(Sample.call(9)), on: true), .remove(Sample.peer(9))])
    func unknown(order: ModerationOrder) {
        let rig = RoomRig()
        rig.perform(Sample.join(1))
        #expect(moderate(rig, order) == .refused(.unknownParticipant))
        #expect(rig.perform(.moderate(room: Sample.otherRoom, order)) == .refused(.unknownPeer))
    }

    @Test("Who is put out has left, and the meeting's end ends calls and places")
    func ends() {
        let rig = RoomRig()
        rig.connect(1)
        rig.perform(Sample.join(2))
        rig.perform(Sample.dial())
        _ = rig.takeChanges()
        #expect(moderate(rig, .remove(Sample.peer(2))) == .accepted)
        #expect(rig.takeChanges().map(\.word) == ["left 2"])
        #expect(moderate(rig, .end) == .accepted)
        let words = rig.changes.map(\.word)
        #expect(words.filter { $0.hasPrefix("ended") }.count == 1 && words.last == "over" && words.contains("left 1"))
        #expect(rig.table.isEmpty)
    }
}

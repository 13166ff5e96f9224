import Bridge
import Domain
import Testing

@Suite("A call into an empty room")
struct WaitingCallTests {
    private static func dial(wait: Int?, grace: Int = 20) -> BridgeCommand {
        .dial(
            DialCommand(
                call: Sample.call(1), room: Sample.room, target: .echo, label: "Echo", graceSeconds: grace, maximumSeconds: 3_600, waitSeconds: wait))
    }

    @Test("It is refused unless it may wait")
    func refused() {
        let rig = RoomRig()
        #expect(rig.perform(Self.dial(wait: nil)) == .refused(.nobodyThere))
        #expect(rig.table.isEmpty)
    }

    @Test("Its phone waits for so long from the answer, and is hung up if nobody comes")
    func waits() {
        let rig = RoomRig()
        #expect(rig.perform(Self.dial(wait: 5)) == .accepted)
        rig.run(for: .milliseconds(4_900))
        #expect(rig.changes.map(\.word) == ["dialling", "answered", "joined phone 1"])
        rig.run(for: .milliseconds(300))
        #expect(rig.changes.map(\.word).suffix(3) == ["left phone 1", "ended completed by room_empty", "over"])
        #expect(rig.table.isEmpty)
    }

    @Test("Who comes keeps it, and who leaves begins the ordinary grace")
    func kept() {
        let rig = RoomRig()
        rig.perform(Self.dial(wait: 5, grace: 10))
        rig.run(for: .seconds(4))
        rig.connect(1)
        rig.run(for: .seconds(60))
        #expect(rig.changes.map(\.word).last == "joined 1")
        rig.perform(.leave(room: Sample.room, peer: Sample.peer(1)))
        rig.run(for: .milliseconds(9_800))
        #expect(rig.changes.map(\.word).last == "left 1")
        rig.run(for: .milliseconds(400))
        #expect(rig.changes.map(\.word).last == "over")
    }

    @Test("A bridge tells who is in which room, by name and in parts")
    func reports() {
        let rig = RoomRig()
        rig.perform(Self.dial(wait: 60))
        rig.run(for: .seconds(2))
        rig.perform(Sample.join(2, room: Sample.otherRoom))
        func rooms(_ query: BridgeQuery) -> [RoomState] {
            if case .report(.rooms(let rooms)) = rig.perform(.query(query)) { rooms } else { [] }
        }
        #expect(rooms(.rooms(after: nil, limit: 10)).map(\.room) == [Sample.otherRoom, Sample.room])
        #expect(rooms(.rooms(after: nil, limit: 1)).map(\.room) == [Sample.otherRoom])
        #expect(rooms(.rooms(after: Sample.otherRoom, limit: 1)).map(\.room) == [Sample.room])
        #expect(rooms(.rooms(after: Sample.room, limit: 1)).isEmpty)
        let room = rooms(.room(Sample.room))
        #expect(room.first?.participants.map(\.participant.id) == [.call(Sample.call(1))])
        #expect(room.first?.participants.first.map { (1_900...2_100).contains($0.milliseconds) } == true)
        #expect(rig.perform(.dtmf(call: Sample.call(1), DTMFDigits("1")!)) == .refused(.dtmfNotNegotiated))
        #expect(rig.perform(.dtmf(call: Sample.call(9), DTMFDigits("1")!)) == .refused(.unknownCall))
    }
}

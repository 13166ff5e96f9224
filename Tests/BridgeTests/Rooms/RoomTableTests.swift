import Bridge
import Domain
import ICE
import Media
import Testing
import VirtualBrowser
import VirtualNetwork

@Suite("The rooms of one media thread")
struct RoomTableTests {
    @Test("Ten thousand joins and leaves with media leave nothing behind")
    func noGrowth() {
        var random = SeededGenerator(seed: 3)
        let rig = RoomRig()
        for number in 0..<10_000 {
            let room = RoomSlug("room-\(number % 7)")!
            rig.perform(Sample.join(number, room: room))
            if number % 4 == 0 {
                // Past the network, so that ten thousand take no time.
                let visitor = rig.visit(number, room: room, browser: VirtualBrowser(plain: UInt16(truncatingIfNeeded: number)))
                rig.negotiate(visitor)
                if Bool.random(using: &random) { rig.negotiate(visitor, restart: 1) }
                if Bool.random(using: &random) { rig.receive(visitor.browser.check(), from: visitor) }
                if Bool.random(using: &random) { rig.negotiate(visitor, restart: 2) }
            }
            rig.perform(.leave(room: room, peer: Sample.peer(number)))
        }
        #expect(rig.table.isEmpty)
        #expect(rig.changes.count { $0.word == "over" } == 10_000)
        #expect(rig.table.schedule.nextDue(after: .zero)?.at == nil)
    }

    @Test("An ICE restart that is never finished leaves no way to the connection behind")
    func unfinishedRestart() {
        let rig = RoomRig()
        let visitor = rig.connect(1)
        for restart in 1...5 { rig.negotiate(visitor, restart: restart) }
        rig.perform(.leave(room: Sample.room, peer: visitor.peer))
        #expect(rig.table.isEmpty)
    }

    @Test("Media goes on while an ICE restart is under way and after it")
    func restart() {
        let rig = RoomRig()
        let visitor = rig.connect(1)
        rig.perform(Sample.dial())
        var heard = 0
        visitor.browser.hears = { _ in heard += 1 }
        visitor.speak(from: rig.now) { _ in LinearEncoder.payload(Array(repeating: 1_000, count: 160)) }
        rig.negotiate(visitor, restart: 1)
        rig.run(for: .seconds(1))
        // From another address, as after a change of networks.
        visitor.browser.path.remote.port = 20_000
        rig.receive(visitor.browser.check(), from: visitor)
        rig.run(for: .seconds(10))
        #expect((545...552).contains(heard), "\(heard)")
        #expect(!rig.changes.contains { $0.isEnd })
    }

    @Test("Rooms are apart: a leave, a hang-up and a roster concern one of them")
    func apart() {
        let rig = RoomRig()
        rig.connect(1)
        rig.connect(2, room: Sample.otherRoom)
        rig.perform(Sample.dial(1))
        rig.perform(Sample.dial(2, room: Sample.otherRoom))
        rig.run(for: .seconds(1))
        let rosters = Dictionary(uniqueKeysWithValues: rig.table.snapshot.rooms.map { ($0.room, $0.participants.map(\.id.number)) })
        #expect(rosters == [Sample.room: ["1", "phone 1"], Sample.otherRoom: ["2", "phone 2"]])
        rig.perform(.hangup(call: Sample.call(1), by: .user))
        #expect(rig.table.snapshot.liveCalls == [Sample.call(2)])
    }

    @Test("A browser's datagrams may wait for a frame only while nobody else waits for them")
    func hurry() {
        let rig = RoomRig()
        rig.connect(1)
        #expect(rig.table.hurries, "no phone, so no frame is due")
        rig.perform(Sample.dial(1))
        rig.run(for: .milliseconds(100))
        #expect(!rig.table.hurries)

        rig.perform(Sample.join(2, room: Sample.otherRoom))
        #expect(rig.table.hurries, "a connection is to come up")
        rig.perform(.leave(room: Sample.otherRoom, peer: Sample.peer(2)))
        #expect(!rig.table.hurries)
        rig.connect(2, room: Sample.otherRoom)
        rig.run(for: .milliseconds(100))
        #expect(!rig.table.hurries, "a browser that is alone, in a room without a phone")

        rig.connect(3)
        #expect(rig.table.hurries, "another browser waits for what the first one says")
        rig.perform(.leave(room: Sample.room, peer: Sample.peer(3)))
        rig.run(for: .milliseconds(100))
        #expect(!rig.table.hurries)
        rig.perform(.hangup(call: Sample.call(1), by: .user))
        #expect(rig.table.hurries)
    }

    @Test("A thread takes ten thousand rooms, then no more, and again when one has ended")
    func full() {
        let rig = RoomRig()
        for number in 0..<RoomTable.limit { rig.perform(Sample.join(1, room: RoomSlug("room-\(number)")!)) }
        #expect(rig.perform(Sample.join(1)) == .refused(.atCapacity))
        #expect(rig.perform(Sample.join(2, room: RoomSlug("room-5")!)).isJoined)
        rig.perform(.leave(room: RoomSlug("room-9")!, peer: Sample.peer(1)))
        #expect(rig.perform(Sample.join(1)).isJoined)
        #expect(rig.table.schedule.rooms.allSatisfy { $0 == RoomTable.limit / PhaseSchedule.phases })
    }

    @Test("After a pause of the whole machine missed frames are not hurried after")
    func pause() {
        let rig = RoomRig()
        rig.connect(1)
        rig.perform(Sample.dial())
        rig.run(for: .seconds(1))
        let before = rig.sent
        var output = RoomOutput()
        var table = rig.table
        table.serve(now: rig.now + .seconds(8), wallClock: 0, into: &output)
        #expect(before >= 49)
        #expect(output.packets.entries.count <= 8, "\(output.packets.entries.count)")
    }
}

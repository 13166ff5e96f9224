import Bridge
import Domain
import Testing
import VirtualBrowser
import VirtualNetwork

@Suite("The grace of a call")
struct GraceTests {
    private static let course = ["joined 1", "dialling", "answered", "joined phone 1"]

    @Test("It begins when the last browser has left, and then ends the call")
    func begins() {
        let rig = RoomRig()
        rig.connect(1)
        rig.perform(Sample.dial(grace: 20))
        rig.perform(.leave(room: Sample.room, peer: Sample.peer(1)))
        rig.run(for: .milliseconds(19_900))
        #expect(rig.changes.map(\.word) == Self.course + ["left 1"])
        rig.run(for: .milliseconds(300))
        #expect(rig.changes.map(\.word) == Self.course + ["left 1", "left phone 1", "ended completed by room_empty", "over"])
        #expect(rig.table.isEmpty)
    }

    @Test("A lost socket does not begin it while media lives, nor lost media while a socket lives")
    func oneThreadHolds() {
        let rig = RoomRig()
        let visitor = rig.connect(1)
        rig.perform(Sample.dial(grace: 1))
        rig.perform(.socketLost(room: Sample.room, peer: visitor.peer))
        rig.run(for: .seconds(20))
        #expect(rig.changes.map(\.word) == Self.course)
        rig.perform(Sample.join(1))
        rig.closeMedia(of: visitor)
        rig.run(for: .seconds(14))
        #expect(rig.changes.map(\.word) == Self.course)
    }

    @Test("With socket and media gone it begins 5 s after the later of the two")
    func bothGone() {
        let rig = RoomRig()
        let visitor = rig.connect(1)
        rig.perform(Sample.dial(grace: 10))
        rig.run(for: .seconds(2))
        // The last check was at 0 s, the socket goes at 3 s: the place is given up at 8 s, the call at 18 s.
        visitor.isSilent = true
        rig.run(until: .seconds(3))
        rig.perform(.socketLost(room: Sample.room, peer: visitor.peer))
        rig.run(until: .milliseconds(17_900))
        #expect(rig.changes.map(\.word) == Self.course + ["left 1"])
        rig.run(until: .milliseconds(18_300))
        #expect(rig.changes.last == .roomEnded(room: Sample.room))
    }

    @Test("A phone whose last browser was not heard by STUN for 15 s is let go, though its socket lives")
    func silentMedia() {
        let rig = RoomRig()
        let visitor = rig.connect(1)
        rig.perform(Sample.dial(grace: 10))
        visitor.isSilent = true
        rig.run(until: .milliseconds(24_800))
        #expect(rig.changes.map(\.word) == Self.course)
        rig.run(until: .milliseconds(25_400))
        // The place stays: its socket can still tell the page what happened.
        #expect(rig.changes.map(\.word) == Self.course + ["left phone 1", "ended completed by room_empty"])
        #expect(rig.perform(Sample.join(1)).isJoined)
    }

    @Test("It is taken back by a browser that comes, by one that comes back, and begins anew after that")
    func takenBack() {
        let rig = RoomRig()
        rig.connect(1)
        rig.perform(Sample.dial(grace: 10))
        rig.perform(.leave(room: Sample.room, peer: Sample.peer(1)))
        rig.run(for: .seconds(9))
        rig.connect(2)
        rig.run(for: .seconds(30))
        #expect(!rig.changes.contains { $0.isEnd })
        rig.perform(.leave(room: Sample.room, peer: Sample.peer(2)))
        rig.run(for: .milliseconds(9_800))
        #expect(!rig.changes.contains { $0.isEnd })
        rig.run(for: .milliseconds(400))
        #expect(rig.changes.contains { $0.isEnd })
    }

    @Test("A reload keeps the call: close_notify, lost socket, the same place again, another connection")
    func reload() {
        let rig = RoomRig()
        let visitor = rig.connect(1)
        rig.perform(Sample.dial(grace: 20))
        rig.closeMedia(of: visitor)
        rig.perform(.socketLost(room: Sample.room, peer: visitor.peer))
        rig.run(for: .seconds(3))
        let again = rig.connect(1, browser: VirtualBrowser(plain: 55))
        #expect(again.browser.isUp)
        rig.run(for: .seconds(60))
        #expect(!rig.changes.contains { $0.isEnd })
        #expect(again.browser.sections.values.contains("1"))
    }

    @Test("A new connection that never comes up holds no phone after 15 s")
    func replacedConnection() {
        let rig = RoomRig()
        let visitor = rig.connect(1)
        rig.perform(Sample.dial(grace: 5))
        visitor.isSilent = true
        rig.negotiate(rig.visit(1, room: Sample.room, browser: VirtualBrowser(plain: 66)))
        #expect(rig.perform(Sample.dial(2)) == .refused(.nobodyThere))
        rig.run(for: .milliseconds(19_500))
        #expect(!rig.changes.contains { $0.isEnd })
        rig.run(for: .milliseconds(800))
        #expect(rig.changes.contains { $0.isEnd })
    }

    @Test("It is counted from the moment that nobody was there, and does not start again by itself")
    func onlyOnce() {
        let rig = RoomRig()
        rig.connect(1)
        rig.perform(Sample.dial(grace: 10))
        rig.perform(.leave(room: Sample.room, peer: Sample.peer(1)))
        rig.run(for: .seconds(5))
        // Commands about others in other rooms, and refused ones, are no browser.
        rig.perform(.socketLost(room: Sample.room, peer: Sample.peer(9)))
        rig.perform(Sample.join(9, room: Sample.otherRoom))
        rig.run(for: .milliseconds(5_300))
        #expect(rig.changes.contains { $0.isEnd })
    }
}

extension BridgeEvent.Change {
    var isEnd: Bool { if case .callEnded = self { true } else { false } }
}

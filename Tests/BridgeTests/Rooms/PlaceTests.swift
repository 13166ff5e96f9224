import Bridge
import Domain
import Testing
import VirtualBrowser
import VirtualNetwork

@Suite("A browser's place in a room")
struct PlaceTests {
    @Test("Joining is told once, names who is there, and leaving ends the room")
    func joinAndLeave() {
        let rig = RoomRig()
        #expect(rig.perform(Sample.join(1)).participants == [Sample.peer(1)])
        #expect(rig.perform(Sample.join(2, name: "Grace")).participants == [Sample.peer(1), Sample.peer(2)])
        rig.perform(.leave(room: Sample.room, peer: Sample.peer(1)))
        #expect(rig.perform(.leave(room: Sample.room, peer: Sample.peer(1))) == .refused(.unknownPeer))
        rig.perform(.leave(room: Sample.room, peer: Sample.peer(2)))
        #expect(rig.changes.map(\.word) == ["joined 1", "joined 2", "left 1", "left 2", "over"])
        #expect(rig.table.isEmpty)
    }

    @Test("Taking a place back is no second join, and a new name is told")
    func resume() {
        let rig = RoomRig()
        rig.perform(Sample.join(1))
        rig.perform(.socketLost(room: Sample.room, peer: Sample.peer(1)))
        #expect(rig.perform(Sample.join(1)).participants == [Sample.peer(1)])
        #expect(rig.changes.map(\.word) == ["joined 1"])
        rig.perform(Sample.join(1, name: "Ada L."))
        #expect(rig.changes.map(\.word) == ["joined 1", "updated 1"])
        rig.run(for: .seconds(60))
        #expect(rig.changes.count == 2)
    }

    @Test("Whoever takes a place back is told its sections anew: a phone that was answered meanwhile is heard")
    func sectionsAfterResume() throws {
        let rig = RoomRig()
        let visitor = rig.connect(1)
        rig.perform(.socketLost(room: Sample.room, peer: visitor.peer))
        rig.perform(Sample.dial())
        #expect(rig.changes.map(\.word).contains("answered"))
        let missed = rig.signals.last
        #expect(missed?.sources == [.call(Sample.call(1))])
        _ = rig.takeChanges()
        rig.perform(Sample.join(1))
        #expect(rig.signals.map(\.sources) == [missed?.sources])
        let again = rig.signals.last
        #expect(again?.revision ?? 0 > missed?.revision ?? 0)
        // A web side that greets anew is told of everybody.
        _ = rig.takeChanges()
        rig.tellSections()
        #expect(rig.signals.map(\.sources) == [missed?.sources, nil] && rig.signals.last == .locked(room: Sample.room, false))
        #expect(rig.signals.first?.revision ?? 0 > again?.revision ?? 0)
    }

    @Test("A switch is told once, as a signal, and one that changes nothing is not")
    func update() {
        let rig = RoomRig()
        rig.perform(Sample.join(1))
        for _ in 0..<2 { rig.perform(.update(room: Sample.room, peer: Sample.peer(1), Switches(microphone: false, camera: false))) }
        #expect(rig.changes.map(\.word) == ["joined 1"])
        let participant = Participant(id: .peer(Sample.peer(1)), kind: .browser, name: "Ada", microphone: false, camera: false)
        #expect(rig.signals == [.participant(room: Sample.room, participant)])
    }

    @Test("Without socket and media a place is given up after 5 s")
    func silence() {
        let rig = RoomRig()
        rig.perform(Sample.join(1))
        rig.perform(.socketLost(room: Sample.room, peer: Sample.peer(1)))
        rig.run(for: .milliseconds(4_900))
        #expect(rig.changes.map(\.word) == ["joined 1"])
        rig.run(for: .milliseconds(300))
        #expect(rig.changes.map(\.word) == ["joined 1", "left 1", "over"])
    }

    @Test("A place whose media lives is kept without a socket for 30 s and no longer")
    func resumeLimit() {
        let rig = RoomRig()
        let visitor = rig.connect(1)
        rig.perform(.socketLost(room: Sample.room, peer: visitor.peer))
        rig.run(for: .milliseconds(29_800))
        #expect(rig.changes.map(\.word) == ["joined 1"])
        rig.run(for: .milliseconds(400))
        #expect(rig.changes.map(\.word) == ["joined 1", "left 1", "over"])
        #expect(visitor.browser.isClosed)
    }

    @Test("A closed tab has left at once, whichever of its two ends is noticed first", arguments: [true, false])
    func closedTab(mediaFirst: Bool) {
        let rig = RoomRig()
        let visitor = rig.connect(1)
        if mediaFirst { rig.closeMedia(of: visitor) }
        #expect(rig.changes.map(\.word) == ["joined 1"])
        rig.perform(.socketLost(room: Sample.room, peer: visitor.peer))
        if !mediaFirst {
            #expect(rig.changes.map(\.word) == ["joined 1"])
            rig.closeMedia(of: visitor)
        }
        #expect(rig.changes.map(\.word) == ["joined 1", "left 1", "over"])
        #expect(rig.table.isEmpty)
    }

    @Test("A page that closed its connection and offers another has not closed its tab")
    func newConnection() {
        let rig = RoomRig()
        let first = rig.connect(1)
        rig.closeMedia(of: first)
        let second = rig.visit(1, room: Sample.room, browser: VirtualBrowser(plain: 77))
        rig.negotiate(second)
        rig.perform(.socketLost(room: Sample.room, peer: first.peer))
        #expect(rig.changes.map(\.word) == ["joined 1"])
        rig.connectMedia(of: second)
        #expect(second.browser.isUp)
        rig.run(for: .seconds(20))
        #expect(rig.changes.map(\.word) == ["joined 1"])
    }

    @Test("A room takes 64 browsers, and the next one when one has left")
    func full() {
        let rig = RoomRig()
        for number in 1...LiveRoom.placeLimit { #expect(rig.perform(Sample.join(number)).isJoined) }
        #expect(rig.perform(Sample.join(99)) == .refused(.roomFull))
        #expect(rig.perform(Sample.join(5)).isJoined)
        rig.perform(.leave(room: Sample.room, peer: Sample.peer(7)))
        #expect(rig.perform(Sample.join(99)).isJoined)
    }

    @Test("Who is not in the room is refused everything")
    func unknown() {
        let rig = RoomRig()
        rig.perform(Sample.join(1))
        for room in [Sample.room, Sample.otherRoom] {
            #expect(rig.perform(.leave(room: room, peer: Sample.peer(2))) == .refused(.unknownPeer))
            #expect(rig.perform(.socketLost(room: room, peer: Sample.peer(2))) == .refused(.unknownPeer))
            #expect(rig.perform(.offer(room: room, peer: Sample.peer(2), sdp: "v=0")) == .refused(.unknownPeer))
            #expect(rig.perform(.update(room: room, peer: Sample.peer(2), Switches(microphone: true, camera: true))) == .refused(.unknownPeer))
        }
        #expect(rig.perform(.offer(room: Sample.room, peer: Sample.peer(1), sdp: "v=0")) == .refused(.invalidOffer))
        #expect(rig.perform(.hangup(call: Sample.call(1), by: .user)) == .refused(.unknownCall))
        #expect(rig.changes.map(\.word) == ["joined 1"])
    }
}

extension BridgeSignal {
    /// Who is heard in the sections that it tells.
    fileprivate var sources: [ParticipantID]? {
        guard case .sections(_, _, let sections) = self else { return nil }
        return sections.tracks.values.map(\.participant)
    }

    fileprivate var revision: UInt64? {
        guard case .sections(_, _, let sections) = self else { return nil }
        return sections.revision
    }
}

extension BridgeAnswer {
    var isJoined: Bool { participants != nil }

    /// Who is there, of an answer to `join`.
    var participants: [PeerID]? {
        guard case .joined(let participants, _) = self else { return nil }
        return participants.compactMap { if case .peer(let peer) = $0.id { peer } else { nil } }
    }
}

extension BridgeEvent.Change {
    /// Short enough to compare a course of events: what, and the number of whom.
    var word: String {
        switch self {
        case .participantJoined(_, let participant): "joined \(participant.id.number)"
        case .participantUpdated(_, let participant): "updated \(participant.id.number)"
        case .participantLeft(_, let id): "left \(id.number)"
        case .roomEnded: "over"
        case .callDialling: "dialling"
        case .callRinging: "ringing"
        case .callAttempted: "attempted"
        case .callAnswered: "answered"
        case .callEnded(_, let ending): "ended \(ending.outcome.rawValue) by \(ending.by.rawValue)"
        case .trunkUp, .trunkDown: "trunk"
        }
    }
}

extension ParticipantID {
    /// The number that `Sample` made it of; a phone's has a mark.
    var number: String {
        switch self {
        case .peer(let peer): "\(Int(peer.text.dropFirst(3), radix: 16) ?? -1)"
        case .call(let call): "phone \(Int(call.text.dropFirst(3), radix: 16) ?? -1)"
        }
    }
}

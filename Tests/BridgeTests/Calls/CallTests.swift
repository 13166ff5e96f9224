import Bridge
import Domain
import Media
import Testing
import VirtualBrowser
import VirtualNetwork

@Suite("A call of a room")
struct CallTests {
    @Test("Where nobody has media, or nobody is, no phone is rung")
    func nobodyThere() {
        let rig = RoomRig()
        #expect(rig.perform(Sample.dial()) == .refused(.nobodyThere))
        rig.perform(Sample.join(1))
        #expect(rig.perform(Sample.dial()) == .refused(.nobodyThere))
        #expect(rig.changes.map(\.word) == ["joined 1"])
        #expect(rig.table.snapshot.liveCalls.isEmpty)
    }

    @Test("It ends by its longest time, counted from the answer")
    func maximum() {
        let rig = RoomRig()
        rig.connect(1)
        rig.run(for: .seconds(10))
        rig.perform(Sample.dial(maximum: 30))
        rig.run(for: .milliseconds(29_900))
        #expect(!rig.changes.contains { $0.isEnd })
        rig.run(for: .milliseconds(300))
        let ending = rig.changes.endings.first
        #expect(ending?.by == .limit && ending?.outcome == .completed && ending?.talkSeconds == 30)
        #expect(rig.changes.last?.word == "ended completed by limit")
    }

    @Test("A hang-up before the answer cancels, after it completes; a second one finds nothing")
    func hangUp() {
        let rig = RoomRig()
        rig.connect(1)
        rig.perform(Sample.dial(1, to: Sample.announcement()))
        #expect(rig.speech == [Sample.call(1)])
        #expect(rig.perform(.hangup(call: Sample.call(1), by: .user)) == .accepted)
        rig.perform(Sample.dial(2))
        rig.run(for: .milliseconds(7_400))
        #expect(rig.perform(.hangup(call: Sample.call(2), by: .operatorRequest)) == .accepted)
        #expect(rig.perform(.hangup(call: Sample.call(2), by: .user)) == .refused(.unknownCall))
        // What was spoken meanwhile is for nobody.
        rig.deliver(speech: [0xFF], of: Sample.call(1))
        #expect(
            rig.changes.map(\.word) == [
                "joined 1", "dialling", "ended cancelled by user", "dialling", "answered", "joined phone 2", "left phone 2",
                "ended completed by operator",
            ])
        #expect(rig.changes.endings.map(\.talkSeconds) == [0, 7])
    }

    @Test("A call that is given up while it rings keeps what was tried, and what was decided is not told twice")
    func givenUp() {
        let rig = RoomRig()
        rig.connect(1)
        let trunk = TrunkID("tr_0123456789ab")!
        let route = DialRoute.trunks(TrunkRoute(number: "+4930123456", trunks: [trunk]))
        rig.perform(Sample.dial(1, to: route))
        rig.tell(.trying(trunk: trunk, startedAt: 5_000), of: Sample.call(1))
        rig.tell(.ringing(earlyMedia: false), of: Sample.call(1))
        rig.run(for: .seconds(3))
        rig.perform(.hangup(call: Sample.call(1), by: .user))
        let lost = rig.changes.compactMap { if case .callAttempted(_, let attempt) = $0 { attempt } else { nil } }
        #expect(lost.map(\.trunk) == [trunk] && lost.map(\.startedAt) == [5_000] && lost.map(\.endedAt) == [8_000])
        guard case .callEnded = rig.changes.last else { Issue.record("the attempt came after the end"); return }

        rig.perform(Sample.dial(2, to: route))
        rig.tell(.trying(trunk: trunk, startedAt: 9_000), of: Sample.call(2))
        let refused = CallAttempt(trunk: trunk, startedAt: 9_000, endedAt: 9_100, sipStatus: 486, q850Cause: nil, detail: "Busy.")
        rig.tell(.attempted(refused), of: Sample.call(2))
        rig.tell(.ended(PhoneEnding(.busy, by: .phone, "Busy.", sipStatus: 486)), of: Sample.call(2))
        #expect(rig.changes.count { if case .callAttempted = $0 { true } else { false } } == 2)
    }

    @Test("An announcement is answered when it is spoken and ended by the phone at its end")
    func announcement() {
        let rig = RoomRig()
        rig.connect(1)
        rig.perform(Sample.dial(to: Sample.announcement(leadSilence: 500)))
        rig.run(for: .seconds(1))
        #expect(rig.changes.map(\.word) == ["joined 1", "dialling"])
        rig.deliver(speech: Array(repeating: 0x20, count: 16_000), of: Sample.call(1))
        rig.run(for: .milliseconds(2_400))
        #expect(rig.changes.map(\.word).last == "joined phone 1")
        rig.run(for: .milliseconds(200))
        #expect(rig.changes.map(\.word).suffix(2) == ["left phone 1", "ended completed by phone"])
    }

    @Test("A looped announcement goes on until its own limit")
    func loop() {
        let rig = RoomRig()
        rig.connect(1)
        rig.perform(Sample.dial(to: Sample.announcement(loop: true, maximum: 10)))
        rig.deliver(speech: Array(repeating: 0x20, count: 4_000), of: Sample.call(1))
        rig.run(for: .milliseconds(9_900))
        #expect(!rig.changes.contains { $0.isEnd })
        rig.run(for: .milliseconds(300))
        #expect(rig.changes.last?.word == "ended completed by phone")
    }

    @Test("An announcement that could not be spoken is our fault")
    func speechFailed() {
        let rig = RoomRig()
        rig.connect(1)
        rig.perform(Sample.dial(to: Sample.announcement()))
        rig.deliver(speech: nil, of: Sample.call(1))
        rig.deliver(speech: nil, of: Sample.call(1))
        #expect(rig.changes.map(\.word) == ["joined 1", "dialling", "ended internal_error by system"])
    }

    @Test("A room takes eight calls")
    func full() {
        let rig = RoomRig()
        rig.connect(1)
        for number in 1...LiveRoom.callLimit { #expect(rig.perform(Sample.dial(number)) == .accepted) }
        #expect(rig.perform(Sample.dial(9)) == .refused(.atCapacity))
        rig.perform(.hangup(call: Sample.call(3), by: .user))
        #expect(rig.perform(Sample.dial(9)) == .accepted)
        rig.run(for: .seconds(1))
        #expect(Set(rig.table.snapshot.liveCalls) == Set([1, 2, 4, 5, 6, 7, 8, 9].map(Sample.call)))
    }

    @Test("A call that is dialled again while nobody has media is still there to be hung up")
    func dialledAgain() {
        let rig = RoomRig()
        let visitor = rig.connect(1)
        rig.perform(Sample.dial())
        rig.closeMedia(of: visitor)
        #expect(rig.perform(Sample.dial()) == .accepted)
        #expect(rig.table.snapshot.liveCalls == [Sample.call(1)])
        #expect(rig.perform(.hangup(call: Sample.call(1), by: .user)) == .accepted)
        #expect(rig.changes.map(\.word).filter { $0 == "dialling" }.count == 1)
    }

    @Test("A call's id is good for one room")
    func otherRoom() {
        let rig = RoomRig()
        rig.connect(1)
        rig.connect(2, room: Sample.otherRoom)
        rig.perform(Sample.dial())
        #expect(rig.perform(Sample.dial(room: Sample.otherRoom)) == .refused(.internalError))
        #expect(rig.perform(.hangup(call: Sample.call(1), by: .user)) == .accepted)
        #expect(rig.changes.endings.count == 1)
    }

    @Test("Limits that no clock can count do no harm", arguments: [Int.max, Int.min, -1, 0])
    func absurdLimits(limit: Int) {
        let rig = RoomRig()
        rig.connect(1)
        rig.perform(Sample.dial(1, grace: limit, maximum: limit))
        rig.perform(Sample.dial(2, to: Sample.announcement(leadSilence: limit, maximum: limit)))
        rig.deliver(speech: Array(repeating: 0x20, count: 800), of: Sample.call(2))
        rig.run(for: .seconds(1))
        rig.perform(.leave(room: Sample.room, peer: Sample.peer(1)))
        rig.run(for: .seconds(1))
        rig.shutDown()
        #expect(rig.changes.endings.count == 2)
        #expect(rig.table.isEmpty)
    }

    @Test("When the bridge goes down every call and every place is ended, and said to be")
    func shutDown() {
        let rig = RoomRig()
        let visitor = rig.connect(1)
        rig.connect(2, room: Sample.otherRoom)
        rig.perform(Sample.dial(1))
        rig.perform(Sample.dial(2, to: Sample.announcement()))
        rig.shutDown()
        #expect(Set(rig.changes.endings.map(\.outcome)) == [.completed, .cancelled])
        #expect(rig.changes.filter { $0.word == "over" }.count == 2)
        rig.run(for: .milliseconds(1))
        #expect(visitor.browser.isClosed)
        #expect(rig.table.isEmpty)
    }

    @Test("The page is told which section carries the phone, and when it does no more")
    func sections() {
        let rig = RoomRig()
        rig.connect(1)
        rig.perform(Sample.dial())
        rig.perform(.hangup(call: Sample.call(1), by: .user))
        let tracks = rig.signals.compactMap { signal -> [String: TrackSource]? in
            if case .sections(_, _, let sections) = signal { sections.tracks } else { nil }
        }
        #expect(tracks == [["1": TrackSource(participant: .call(Sample.call(1)), kind: .audio)], [:]])
    }

    @Test("In an echo call who speaks is told when it changes, not ten times a second")
    func speaking() {
        let rig = RoomRig()
        let visitor = rig.connect(1)
        rig.perform(Sample.dial())
        let tone = Goertzel(frequency: 440)
        visitor.speak(from: rig.now) { LinearEncoder.payload(tone.frame($0)) }
        rig.run(for: .seconds(10))
        let told = rig.signals.filter { if case .speaking = $0 { true } else { false } }
        #expect((1...4).contains(told.count), "\(told.count)")
    }
}

extension [BridgeEvent.Change] {
    var endings: [CallEnding] { compactMap { if case .callEnded(_, let ending) = $0 { ending } else { nil } } }
}

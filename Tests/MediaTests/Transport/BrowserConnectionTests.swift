import ICE
import Media
import Testing
import VirtualBrowser

@Suite("A browser's connection")
struct BrowserConnectionTests {
    private let leg = LegID(1)

    @Test("It is told: opened, its address learned, media up; and at the end closed and down")
    func course() throws {
        let rig = EngineRig()
        let browser = try rig.connect(1)
        let ufrag = browser.remoteUfrag
        #expect(browser.isUp)
        let expected: [RoomEvent] = [
            .sectionsChanged(leg), .transportOpened(leg, ufrag: ufrag), .addressLearned(leg, browser.path.remote), .mediaUp(leg),
        ]
        #expect(rig.takeEvents().filter { $0 != .sectionsChanged(leg) } == Array(expected.dropFirst()))
        browser.close()
        for datagram in browser.takeOutgoing() { rig.deliver(datagram, from: leg) }
        #expect(rig.takeEvents() == [.transportClosed(leg, ufrag: ufrag), .mediaDown(leg, closed: true)])
        #expect(rig.engine.mediaSeen(leg) == nil)
    }

    @Test("A handshake from an address that no check has proven is not answered")
    func unproven() throws {
        let rig = EngineRig()
        let browser = try rig.connect(1)
        _ = rig.takeEvents()
        let fresh = VirtualBrowser(plain: 2)
        var batch = PacketBatch()
        rig.engine.addBrowser(LegID(2), now: .zero)
        fresh.accept(try rig.engine.offer(LegID(2), sdp: fresh.offer(), candidates: [], now: .zero, into: &batch))
        var hello: [UInt8] = [22, 1] + [UInt8](repeating: 2, count: 32)
        rig.engine.receive(&hello, leg: LegID(2), on: fresh.path, now: .zero, wallClock: 0, into: &batch)
        #expect(batch.isEmpty)
        var check = fresh.check()
        rig.engine.receive(&check, leg: LegID(2), on: fresh.path, now: .zero, wallClock: 0, into: &batch)
        #expect(batch.entries.count == 1)
        // Proven is one path; the other browser's address is not on it.
        rig.engine.receive(&hello, leg: LegID(2), on: browser.path, now: .zero, wallClock: 0, into: &batch)
        #expect(batch.entries.count == 1)
        rig.engine.receive(&hello, leg: LegID(2), on: fresh.path, now: .zero, wallClock: 0, into: &batch)
        #expect(batch.entries.count == 2)
    }

    @Test("A certificate that is not the offer's ends the connection, and no media was up")
    func wrongFingerprint() throws {
        let rig = EngineRig()
        let browser = VirtualBrowser(plain: 1)
        var batch = PacketBatch()
        rig.engine.addBrowser(leg, now: .zero)
        browser.accept(try rig.engine.offer(leg, sdp: browser.offer(), candidates: [], now: .zero, into: &batch))
        var check = browser.check()
        rig.engine.receive(&check, leg: leg, on: browser.path, now: .zero, wallClock: 0, into: &batch)
        var hello: [UInt8] = [22, 1] + [UInt8](repeating: 9, count: 32)
        rig.engine.receive(&hello, leg: leg, on: browser.path, now: .zero, wallClock: 0, into: &batch)
        let events = rig.engine.takeEvents()
        #expect(events.contains(.mediaDown(leg, closed: false)) && !events.contains(.mediaUp(leg)))
    }

    @Test("Without a check for 15 s it is given up; one that never comes up, too", arguments: [true, false])
    func silence(comesUp: Bool) throws {
        let rig = EngineRig()
        var batch = PacketBatch()
        if comesUp {
            try rig.connect(1)
        } else {
            rig.engine.addBrowser(leg, now: .zero)
            _ = try rig.engine.offer(leg, sdp: VirtualBrowser(plain: 1).offer(), candidates: [], now: .zero, into: &batch)
        }
        _ = rig.takeEvents()
        _ = rig.engine.takeEvents()
        rig.engine.housekeep(now: .milliseconds(14_900), wallClock: 0, into: &batch)
        #expect(rig.engine.takeEvents().isEmpty)
        rig.engine.housekeep(now: .milliseconds(15_000), wallClock: 0, into: &batch)
        #expect(rig.engine.takeEvents().contains(.mediaDown(leg, closed: false)))
        rig.engine.housekeep(now: .milliseconds(60_000), wallClock: 0, into: &batch)
        #expect(rig.engine.takeEvents().isEmpty)
    }

    @Test("Another RTCPeerConnection replaces the first, whose media is told to be down")
    func replaced() throws {
        let rig = EngineRig()
        let first = try rig.connect(1)
        _ = rig.takeEvents()
        let second = VirtualBrowser(plain: 20)
        var batch = PacketBatch()
        second.accept(try rig.engine.offer(leg, sdp: second.offer(), candidates: [], now: .zero, into: &batch))
        #expect(
            rig.engine.takeEvents().filter { $0 != .sectionsChanged(leg) } == [
                .transportClosed(leg, ufrag: first.remoteUfrag), .mediaDown(leg, closed: false), .transportOpened(leg, ufrag: second.remoteUfrag),
            ])
        // close_notify goes to the old one.
        #expect(batch.entries.map(\.path) == [first.path])
    }

    @Test("Every ufrag of a connection is forgotten with it, also those of restarts that never ended")
    func restarts() throws {
        let rig = EngineRig()
        let browser = try rig.connect(1)
        var opened: Set<String> = [browser.remoteUfrag]
        var closed: Set<String> = []
        var batch = PacketBatch()
        _ = rig.takeEvents()
        for restart in 1...4 {
            browser.accept(try rig.engine.offer(leg, sdp: browser.offer(restart: restart), candidates: [], now: .zero, into: &batch))
            if restart == 2 { rig.deliver(browser.check(), from: leg) }
        }
        rig.engine.removeBrowser(leg, into: &batch)
        for event in rig.takeEvents() {
            switch event {
            case .transportOpened(_, let ufrag): opened.insert(ufrag)
            case .transportClosed(_, let ufrag), .ufragForgotten(let ufrag): closed.insert(ufrag)
            default: break
            }
        }
        #expect(opened.count == 5)
        #expect(closed == opened)
    }

    @Test("An offer that cannot be read leaves a connection as it was")
    func badOffer() throws {
        let rig = EngineRig()
        try rig.connect(1, voice: Goertzel(frequency: 440))
        let phone = TonePhone(nil)
        #expect(rig.addPhone(10, phone))
        _ = rig.takeEvents()
        var batch = PacketBatch()
        for offer in ["", "v=0", VirtualBrowser(plain: 1).offer().replacing("UDP/TLS/RTP/SAVPF", with: "RTP/AVP")] {
            #expect(throws: OfferError.self) { try rig.engine.offer(leg, sdp: offer, candidates: [], now: rig.now, into: &batch) }
        }
        #expect(throws: OfferError.unknownLeg) { try rig.engine.offer(LegID(9), sdp: "", candidates: [], now: rig.now, into: &batch) }
        rig.run(frames: 100)
        #expect(rig.takeEvents().isEmpty)
        #expect(Goertzel(frequency: 440).share(in: Array(phone.heard.suffix(8_000))) > 0.9)
    }
}

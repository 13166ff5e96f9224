import Media
import RTP
import Testing
import VirtualBrowser

/// Proof by signal: each hears all others and not itself.
@Suite("Who hears whom in a room")
struct RoomMixTests {
    private let low = Goertzel(frequency: 440, amplitude: 5_000)
    private let high = Goertzel(frequency: 1_000, amplitude: 5_000)
    private let higher = Goertzel(frequency: 1_700, amplitude: 5_000)

    @Test("Two phones hear each other and not themselves, and the browser hears each in a section of its own")
    func phones() throws {
        let rig = EngineRig()
        let one = TonePhone(low)
        let two = TonePhone(high)
        #expect(rig.addPhone(10, one) && rig.addPhone(11, two))
        let browser = try rig.connect(1, phones: 2)
        var heard: [UInt32: [Int16]] = [:]
        browser.hears = { heard[$0.header.ssrc, default: []] += LinearDecoder.samples(of: $0.payload) }
        rig.run(frames: 200)
        let (last, other) = (Array(one.heard.suffix(16_000)), Array(two.heard.suffix(16_000)))
        #expect(high.share(in: last) > 0.98 && low.share(in: last) < 0.001)
        #expect(low.share(in: other) > 0.98 && high.share(in: other) < 0.001)
        #expect(heard.count == 2)
        let shares = heard.values.map { (low.share(in: $0), high.share(in: $0)) }
        #expect(shares.contains { $0.0 > 0.98 } && shares.contains { $0.1 > 0.98 })
        #expect(rig.engine.sections(of: LegID(1)).sources.count == 2)
    }

    @Test("A phone hears both browsers at once, and neither browser hears itself back")
    func browsers() throws {
        let rig = EngineRig()
        let phone = TonePhone(higher)
        let one = try rig.connect(1, voice: low)
        let two = try rig.connect(2, voice: high)
        var heard: [[UInt32: [Int16]]] = [[:], [:]]
        one.hears = { heard[0][$0.header.ssrc, default: []] += LinearDecoder.samples(of: $0.payload) }
        two.hears = { heard[1][$0.header.ssrc, default: []] += LinearDecoder.samples(of: $0.payload) }
        #expect(rig.addPhone(10, phone))
        rig.run(frames: 300)
        let mix = Array(phone.heard.suffix(16_000))
        #expect((0.45...0.55).contains(low.share(in: mix)) && (0.45...0.55).contains(high.share(in: mix)))
        #expect(higher.share(in: mix) < 0.001)
        for (sections, other) in zip(heard, [high, low]) {
            #expect(sections.count == 2)
            #expect(sections.values.contains { $0.count >= 290 * 160 && higher.share(in: $0) > 0.98 })
            #expect(sections.values.contains { $0.count >= 290 * 160 && other.share(in: $0) > 0.98 })
        }
    }

    @Test("Continuous 20 ms RTP goes to a phone when nobody speaks")
    func silence() throws {
        let rig = EngineRig()
        let phone = TonePhone(nil)
        try rig.connect(1)
        #expect(rig.addPhone(10, phone))
        rig.run(frames: 100)
        #expect(phone.headers.count == 101 || phone.headers.count == 100)
        for (one, next) in zip(phone.headers, phone.headers.dropFirst()) {
            #expect(next.sequenceNumber == one.sequenceNumber &+ 1 && next.timestamp == one.timestamp &+ 160 && next.ssrc == one.ssrc)
        }
        #expect(phone.headers[0].marker && !phone.headers[1].marker)
        #expect(phone.heard.allSatisfy { $0 == 0 })
    }

    @Test("A second phone in the section of a first continues its numbers")
    func successor() throws {
        let rig = EngineRig()
        let browser = try rig.connect(1)
        var headers: [RTPHeader] = []
        browser.hears = { headers.append($0.header) }
        #expect(rig.addPhone(10, TonePhone(low)))
        rig.run(frames: 50)
        rig.removePhone(10)
        rig.run(frames: 50)
        #expect(rig.addPhone(11, TonePhone(high)))
        rig.run(frames: 50)
        #expect(headers.count >= 98)
        #expect(Set(headers.map(\.ssrc)).count == 1)
        for (one, next) in zip(headers, headers.dropFirst()) {
            #expect(next.sequenceNumber == one.sequenceNumber &+ 1)
            #expect(Int32(bitPattern: next.timestamp &- one.timestamp) >= 160)
        }
    }

    @Test("A room without a phone is not mixed, and the last phone takes the mixing with it")
    func needsMixing() throws {
        let rig = EngineRig()
        try rig.connect(1, voice: low)
        #expect(!rig.engine.needsMixing)
        #expect(rig.addPhone(10, TonePhone(nil)))
        #expect(rig.engine.needsMixing)
        rig.removePhone(10)
        #expect(!rig.engine.needsMixing)
        rig.run(frames: 10)
    }

    @Test("A codec that cannot be opened makes no phone")
    func noCodec() {
        let rig = EngineRig()
        #expect(!rig.engine.addPhone(LegID(10), codec: .g722, farEnd: TonePhone(nil), now: .zero))
        #expect(!rig.engine.needsMixing)
    }

    @Test("More phones than sections: the page is told to offer more, and a free section is taken over")
    func sections() throws {
        let rig = EngineRig()
        try rig.connect(1, phones: 1)
        _ = rig.takeEvents()
        #expect(rig.addPhone(10, TonePhone(nil)) && rig.addPhone(11, TonePhone(nil)) && rig.addPhone(12, TonePhone(nil)))
        #expect(rig.engine.sections(of: LegID(1)).audioSections >= 3)
        #expect(rig.engine.sections(of: LegID(1)).sources == ["1": LegID(10)])
        rig.removePhone(10)
        #expect(rig.engine.sections(of: LegID(1)).sources == ["1": LegID(11)])
        rig.run(frames: 1)
        #expect(rig.takeEvents().filter { $0 == .sectionsChanged(LegID(1)) }.count >= 3)
    }

    @Test("A far end that hangs up is told, once a frame at most")
    func hangUp() throws {
        let rig = EngineRig()
        try rig.connect(1)
        let speech = [UInt8](repeating: 0x30, count: 480)
        #expect(rig.addPhone(10, rig.engine.makeAnnouncement(speech: speech, leadSilence: .zero, loop: false, limit: .seconds(5))))
        _ = rig.takeEvents()
        rig.run(frames: 2)
        #expect(!rig.takeEvents().contains(.farEndHungUp(LegID(10))))
        rig.run(frames: 2)
        #expect(rig.takeEvents().contains(.farEndHungUp(LegID(10))))
    }
}

import ICE
import Media
import RTP
import Testing

@Suite("Digits to a phone (RFC 4733)")
struct KeyingTests {
    private static let local = TransportAddress(ipv4: 0x7F00_0001, port: 41_000)
    private static let remote = TransportAddress(ipv4: 0x7F00_0001, port: 30_000)
    private static let leg = LegID(10)

    private static func media(event: UInt8? = 101, sends: Bool = true) -> TelephoneMedia {
        let format = PayloadFormat(payloadType: 0, codec: .pcmu)
        return TelephoneMedia(
            remote: remote, remoteControl: nil, format: format, accepted: [format], telephoneEvent: event,
            direction: TelephoneMedia.Direction(sends: sends, receives: true))
    }

    private static func packets(_ rig: EngineRig) -> [(header: RTPHeader, payload: [UInt8])] {
        rig.sent(to: remote).compactMap { packet in
            RTPHeader(packet.span).map { ($0, Array(packet[$0.payload])) }
        }
    }

    @Test("A digit is one event of 100 ms, told by growing packets of one time, whose end is said three times; then the sound goes on")
    func digit() throws {
        let rig = EngineRig(isLinear: false)
        try rig.connect(1)
        #expect(rig.agree(Self.media(), Self.leg, local: Self.local))
        #expect(rig.engine.press([.event(5)], phone: Self.leg) == .taken)
        rig.run(frames: 20)
        let all = Self.packets(rig)
        let events = all.filter { $0.header.payloadType == 101 }
        #expect(events.map(\.payload[0]) == Array(repeating: 5, count: 7))
        #expect(events.map { Int($0.payload[2]) << 8 | Int($0.payload[3]) } == [160, 320, 480, 640, 800, 800, 800])
        #expect(events.map { $0.payload[1] >> 7 } == [0, 0, 0, 0, 1, 1, 1])
        #expect(Set(events.map(\.header.timestamp)).count == 1)
        #expect(events.map(\.header.marker) == [true] + Array(repeating: false, count: 6))
        for (one, next) in zip(all, all.dropFirst()) { #expect(next.header.sequenceNumber == one.header.sequenceNumber &+ 1) }
        let first = try #require(all.firstIndex { $0.header.payloadType == 101 })
        let after = try #require(all.dropFirst(first).first { $0.header.payloadType == 0 })
        // The clock has run on through the event.
        #expect(after.header.marker && after.header.timestamp == events[0].header.timestamp &+ 7 * 160)
    }

    @Test("Digits follow one another with a gap, a pause takes half a second, and nothing is lost on hold")
    func several() throws {
        let rig = EngineRig(isLinear: false)
        try rig.connect(1)
        #expect(rig.agree(Self.media(sends: false), Self.leg, local: Self.local))
        #expect(rig.engine.press([.event(1), .pause, .event(11)], phone: Self.leg) == .taken)
        rig.run(frames: 30)
        #expect(Self.packets(rig).isEmpty)
        #expect(rig.agree(Self.media(), Self.leg, local: Self.local))
        rig.run(frames: 60)
        let events = Self.packets(rig).filter { $0.header.payloadType == 101 }
        #expect(events.map(\.payload[0]) == Array(repeating: 1, count: 7) + Array(repeating: 11, count: 7))
        let between = events[7].header.timestamp &- events[0].header.timestamp
        #expect(between == UInt32(7 + 3 + 25) * 160)
    }

    @Test("Who has not agreed on telephone-events gets none, and no more wait than may")
    func refused() throws {
        let rig = EngineRig(isLinear: false)
        try rig.connect(1)
        #expect(rig.engine.press([.event(1)], phone: Self.leg) == .notNegotiated)
        #expect(rig.agree(Self.media(event: nil), Self.leg, local: Self.local))
        #expect(rig.engine.press([.event(1)], phone: Self.leg) == .notNegotiated)
        #expect(rig.agree(Self.media(), Self.leg, local: Self.local))
        for _ in 0..<4 { #expect(rig.engine.press(Array(repeating: .event(1), count: 32), phone: Self.leg) == .taken) }
        #expect(rig.engine.press([.event(1)], phone: Self.leg) == .full)
    }
}

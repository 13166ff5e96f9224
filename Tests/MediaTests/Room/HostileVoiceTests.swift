import ICE
import Media
import RTP
import Testing
import VirtualBrowser
import VirtualNetwork

/// Somebody in the room whose packets are protected and authentic, and nothing else is right about them.
@Suite("A hostile voice in a room")
struct HostileVoiceTests {
    private static let low = Goertzel(frequency: 440, amplitude: 5_000)
    private static let high = Goertzel(frequency: 1_000, amplitude: 5_000)

    /// Two people who speak, a phone that listens, and a third one who is connected and silent.
    private final class Meeting {
        let rig = EngineRig()
        let phone = TonePhone(nil)
        let hostile: VirtualBrowser
        /// What each of the two hears, by the section.
        var heard: [[UInt32: [VirtualBrowser.Heard]]] = [[:], [:]]

        init() throws {
            let one = try rig.connect(1, phones: 3, voice: low)
            let two = try rig.connect(2, phones: 3, voice: high)
            hostile = try rig.connect(3, phones: 3)
            #expect(rig.addPhone(10, phone))
            one.hears = { self.heard[0][$0.header.ssrc, default: []].append($0) }
            two.hears = { self.heard[1][$0.header.ssrc, default: []].append($0) }
            rig.run(frames: 50)
            heard = [[:], [:]]
        }

        func say(_ packet: [UInt8]) {
            if let packet = hostile.protect(packet) { rig.deliver(packet, from: LegID(3)) }
        }

        /// Packets of `voice` and of the hostile one that listener 0 or 1 has heard.
        func streams(of voice: Goertzel, at listener: Int) throws -> (voice: [VirtualBrowser.Heard], hostile: [VirtualBrowser.Heard]) {
            let share = { (stream: [VirtualBrowser.Heard]) in voice.share(in: stream.flatMap { LinearDecoder.samples(of: $0.payload) }) }
            let clear = try #require(heard[listener].first { share($0.value) > 0.98 })
            return (clear.value, heard[listener].first { $0.key != clear.key }?.value ?? [])
        }
    }

    @Test(
        "Wild numbers, times, sources and extensions disturb nobody, and what is forwarded of them keeps within a receiver's window",
        arguments: [1, 2, 3])
    func wild(seed: UInt64) throws {
        let meeting = try Meeting()
        var random = SeededGenerator(seed: seed)
        var number = UInt16.random(in: .min ... .max, using: &random)
        var source = UInt32.random(in: .min ... .max, using: &random)
        for _ in 0..<2_000 {
            for _ in 0..<2 {
                // Sometimes it goes on for a while, so that it is more than noise.
                if Int.random(in: 0..<8, using: &random) == 0 { source = .random(in: .min ... .max, using: &random) }
                number = Int.random(in: 0..<3, using: &random) == 0 ? .random(in: .min ... .max, using: &random) : number &+ 1
                meeting.say(packet(number, source, using: &random))
            }
            meeting.rig.run(frames: 1)
        }
        let mix = Array(meeting.phone.heard.suffix(1_900 * 160))
        // The mix has the noise of the third one in it; both voices go on all the same.
        #expect(Self.low.share(in: mix) > 0.05 && Self.high.share(in: mix) > 0.05)
        for (listener, voice) in [Self.high, Self.low].enumerated() {
            let (clear, wild) = try meeting.streams(of: voice, at: listener)
            #expect(clear.count == 2_000)
            for (one, next) in zip(clear, clear.dropFirst()) {
                #expect(next.header.sequenceNumber == one.header.sequenceNumber &+ 1 && next.header.timestamp == one.header.timestamp &+ 960)
            }
            #expect(wild.count > 1_000)
            var highest = try #require(wild.first).header.sequenceNumber
            for heard in wild.dropFirst() {
                // Late by no more than is told from a new beginning, and never as far ahead as half of the numbers (RFC 3711 section 3.3.1).
                let step = Int16(bitPattern: heard.header.sequenceNumber &- highest)
                #expect((-100...3_001).contains(step))
                if step > 0 { highest = heard.header.sequenceNumber }
            }
        }
    }

    /// A packet of the microphone's payload type, with everything else as chance has it.
    private func packet(_ number: UInt16, _ source: UInt32, using random: inout SeededGenerator) -> [UInt8] {
        let hasExtension = Bool.random(using: &random)
        let sources = Int.random(in: 0..<16, using: &random) / 12
        let hasPadding = Int.random(in: 0..<8, using: &random) == 0
        var packet: [UInt8] = [
            0x80 | (hasPadding ? 0x20 : 0) | (hasExtension ? 0x10 : 0) | UInt8(sources),
            VirtualBrowser.opus | (Bool.random(using: &random) ? 0x80 : 0),
            UInt8(number >> 8), UInt8(truncatingIfNeeded: number),
        ]
        let time = UInt32.random(in: .min ... .max, using: &random)
        for word in [time, source] + (0..<sources).map({ _ in UInt32.random(in: .min ... .max, using: &random) }) {
            packet += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
        }
        if hasExtension {
            let words = Int.random(in: 0..<6, using: &random)
            packet += Bool.random(using: &random) ? [0xBE, 0xDE] : [0x10, 0x00]
            // Now and then it claims to be longer than the packet.
            packet += [0, UInt8(Int.random(in: 0..<20, using: &random) == 0 ? 255 : words)]
            packet += (0..<4 * words).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        }
        let length = 2 * Int.random(in: 0..<200, using: &random)
        return packet + (0..<length).map { _ in UInt8.random(in: 0...8, using: &random) }
    }

    @Test("Of ten thousand packets a second no more are forwarded than a voice needs, and the other voices lose nothing")
    func flood() throws {
        let meeting = try Meeting()
        var index = 0
        for _ in 0..<150 {
            for _ in 0..<200 {
                if let packet = meeting.hostile.speak([1, 2, 3, 4], index: index, level: 0) { meeting.rig.deliver(packet, from: LegID(3)) }
                index += 1
            }
            meeting.rig.run(frames: 1)
        }
        for (listener, voice) in [Self.high, Self.low].enumerated() {
            let (clear, flood) = try meeting.streams(of: voice, at: listener)
            #expect(clear.count == 150)
            #expect((1...601).contains(flood.count), "a burst, and three seconds")
        }
        let mix = Array(meeting.phone.heard.suffix(100 * 160))
        #expect(Self.low.share(in: mix) > 0.4 && Self.high.share(in: mix) > 0.4)
    }

    @Test("A telephone that floods is limited, too")
    func floodOfPhone() throws {
        let rig = EngineRig(isLinear: false)
        var count = 0
        try rig.connect(1).hears = { _ in count += 1 }
        let remote = TransportAddress(ipv4: 0x7F00_0001, port: 30_000)
        let media = TelephoneMedia(
            remote: remote, remoteControl: nil, format: PayloadFormat(payloadType: 0, codec: .pcmu),
            accepted: [PayloadFormat(payloadType: 0, codec: .pcmu)], telephoneEvent: nil,
            direction: TelephoneMedia.Direction(sends: true, receives: true))
        #expect(rig.agree(media, LegID(10), local: TransportAddress(ipv4: 0x7F00_0001, port: 41_000)))
        for number in 0..<30_000 {
            var packet: [UInt8] = []
            RTPHeader.write(
                payloadType: 0, marker: false, sequenceNumber: UInt16(truncatingIfNeeded: number), timestamp: UInt32(number) * 160, ssrc: 7,
                to: &packet)
            rig.phoneSays(packet + [UInt8](repeating: 0xD5, count: 160), LegID(10), from: remote)
            if number % 200 == 199 { rig.run(frames: 1) }
        }
        #expect((300...601).contains(count))
    }
}

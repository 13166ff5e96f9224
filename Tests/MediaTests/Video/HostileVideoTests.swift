import ICE
import Media
import RTP
import Testing
import VirtualBrowser
import VirtualNetwork

/// Somebody in the room whose packets are protected and authentic, and nothing else is right about his pictures and what he asks for.
@Suite("A hostile picture in a room")
struct HostileVideoTests {
    private static let low = Goertzel(frequency: 440, amplitude: 5_000)
    private static let high = Goertzel(frequency: 1_000, amplitude: 5_000)
    private static let types = [VideoOffer.vp8, VideoOffer.h264, VideoOffer.vp9, VideoOffer.av1]
    /// Pictures of one participant that are taken in a second, and at once.
    private static let allowance = 600

    /// Two people who speak and film, and a third one with a camera and a screen.
    private final class Meeting {
        let rig = EngineRig()
        let hostile: VirtualBrowser
        private let honest: [VirtualBrowser]
        /// What each of the two was sent, by the stream.
        private var heard: [[UInt32: [VirtualBrowser.Heard]]] = [[:], [:]]
        /// Whole pictures that each of the two was asked for, and the least that each was allowed to send.
        private(set) var keyframesAsked = [0, 0]
        private(set) var leastAllowed = UInt64.max
        /// What the hostile one was sent, in bytes, besides what everybody is.
        private(set) var repeated = 0
        private var filmed: UInt16 = 60_000
        /// Frames since the last `forget`.
        private(set) var frames = 0

        init() throws {
            var offer = VideoOffer()
            offer.receives = 3
            offer.hasNewer = true
            honest = [
                try rig.connect(1, phones: 3, voice: HostileVideoTests.low, video: offer),
                try rig.connect(2, phones: 3, voice: HostileVideoTests.high, video: offer),
            ]
            offer.hasScreen = true
            hostile = try rig.connect(3, phones: 3, video: offer)
            for number: UInt32 in 1...2 { rig.engine.setPictures([.camera], of: LegID(number)) }
            rig.engine.setPictures([.camera, .screen], of: LegID(3))
            for (index, browser) in honest.enumerated() {
                browser.hears = { self.heard[index][$0.header.ssrc, default: []].append($0) }
                browser.isAsked = { packet, _ in
                    switch packet {
                    case .pictureLoss: self.keyframesAsked[index] += 1
                    case .receiverEstimate(_, let bitsPerSecond, _): self.leastAllowed = min(self.leastAllowed, bitsPerSecond)
                    default: break
                    }
                }
            }
            hostile.hears = { if HostileVideoTests.types.contains($0.header.payloadType - 1) { self.repeated += $0.payload.count } }
            run(frames: 25)
            forget()
        }

        func forget() {
            heard = [[:], [:]]
            keyframesAsked = [0, 0]
            repeated = 0
            frames = 0
        }

        /// Lets the two speak and film for as many frames of 20 ms; before each the third one does his.
        func run(frames count: Int, _ mischief: () -> Void = {}) {
            for _ in 0..<count {
                for (index, browser) in honest.enumerated() {
                    let packet = browser.film(filmed, isKeyframe: filmed % 500 == 0, length: 900)
                    rig.deliver(packet ?? [], from: LegID(UInt32(index + 1)))
                }
                filmed &+= 1
                mischief()
                rig.run(frames: 1)
                frames += 1
            }
        }

        /// Any RTP packet of the third one.
        func send(_ packet: [UInt8]) {
            if let packet = hostile.protect(packet) { rig.deliver(packet, from: LegID(3)) }
        }

        /// Any RTCP packets of the third one, behind a report.
        func say(_ bytes: [UInt8]) {
            if let packet = hostile.control({ packet, _ in packet += bytes }) { rig.deliver(packet, from: LegID(3)) }
        }

        /// What one of the two was sent of a picture.
        func pictures(of id: VideoSourceID, at viewer: Int) -> [VirtualBrowser.Heard] {
            let shown = rig.engine.sections(of: LegID(UInt32(viewer + 1))).pictures
            // A section has two streams, the second of which sends again: neither of the two ever asks for that.
            return honest[viewer].sections.filter { shown[$0.value] == id }.compactMap { heard[viewer][$0.key] }.first ?? []
        }

        /// That the two have heard and seen each other, whatever the third one did: every packet, under unbroken numbers.
        func expectPeace(sourceLocation: SourceLocation = #_sourceLocation) throws {
            for (viewer, voice) in [HostileVideoTests.high, HostileVideoTests.low].enumerated() {
                let other = LegID(UInt32(2 - viewer))
                let film = pictures(of: VideoSourceID(leg: other, kind: .camera), at: viewer)
                #expect(film.count == frames, sourceLocation: sourceLocation)
                for (one, next) in zip(film, film.dropFirst()) {
                    #expect(
                        next.header.sequenceNumber == one.header.sequenceNumber &+ 1 && next.header.timestamp == one.header.timestamp &+ 3_000
                            && next.payload[2...3].elementsEqual(VirtualBrowser.payload(of: number(one) &+ 1, isKeyframe: false)[2...3]),
                        sourceLocation: sourceLocation)
                }
                let share = { (stream: [VirtualBrowser.Heard]) in voice.share(in: stream.flatMap { LinearDecoder.samples(of: $0.payload) }) }
                let voices = heard[viewer].values.filter { $0.first.map { $0.header.payloadType == VirtualBrowser.opus } ?? false }
                let clear = try #require(voices.first { share($0) > 0.98 }, sourceLocation: sourceLocation)
                #expect(clear.count == frames, sourceLocation: sourceLocation)
            }
            #expect(leastAllowed >= 250_000, sourceLocation: sourceLocation)
            // Whoever asks: twice a second, and the two at once that a first request may be.
            #expect(keyframesAsked.allSatisfy { $0 <= frames / 50 * 2 + 2 }, "\(keyframesAsked)", sourceLocation: sourceLocation)
        }

        private func number(_ heard: VirtualBrowser.Heard) -> UInt16 { UInt16(heard.payload[2]) << 8 | UInt16(heard.payload[3]) }

        /// That of the third one's pictures no more is forwarded than a picture needs, under numbers that a receiver can follow.
        func expectLimits(sourceLocation: SourceLocation = #_sourceLocation) throws {
            for viewer in 0...1 {
                for kind in VideoSourceID.Kind.allCases {
                    let film = pictures(of: VideoSourceID(leg: LegID(3), kind: kind), at: viewer)
                    #expect(film.count <= HostileVideoTests.allowance * (1 + frames / 50), sourceLocation: sourceLocation)
                    guard var highest = film.first?.header.sequenceNumber else { continue }
                    for packet in film.dropFirst() {
                        // Late by no more than is kept, and never as far ahead as half of the numbers (RFC 3711 section 3.3.1).
                        let step = Int16(bitPattern: packet.header.sequenceNumber &- highest)
                        #expect((-256...3_001).contains(step), sourceLocation: sourceLocation)
                        if step > 0 { highest = packet.header.sequenceNumber }
                    }
                }
            }
        }

        /// Does it twice as long as it takes to fill what there is to fill: the second half must add nothing to what is kept.
        func expectBoundedMemory(sourceLocation: SourceLocation = #_sourceLocation, _ mischief: () -> Void) {
            mischief()
            let half = Footprint(of: rig.engine)
            mischief()
            let whole = Footprint(of: rig.engine)
            #expect(whole.entries <= half.entries + 300, "\(half.entries), \(whole.entries)", sourceLocation: sourceLocation)
            // Four pictures, each with its last 256 packets of 1,500 bytes.
            #expect(whole.bytes <= 4 * 256 * 1_500 + 100_000, sourceLocation: sourceLocation)
        }
    }

    /// A packet from its parts, some of which may be wrong.
    private static func packet(
        type: UInt8, number: UInt16, time: UInt32, source: UInt32, extensions: (profile: UInt16, words: UInt8, bytes: [UInt8])? = nil,
        padding: UInt8? = nil, payload: [UInt8]
    ) -> [UInt8] {
        var packet: [UInt8] = [0x80 | (extensions == nil ? 0 : 0x10) | (padding == nil ? 0 : 0x20), type]
        packet += [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
        for word in [time, source] { packet += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
        if let extensions {
            packet += [UInt8(extensions.profile >> 8), UInt8(truncatingIfNeeded: extensions.profile), 0, extensions.words] + extensions.bytes
        }
        return packet + payload + (padding.map { [$0] } ?? [])
    }

    private static func mid(_ text: String) -> (profile: UInt16, words: UInt8, bytes: [UInt8]) {
        var bytes = [0x30 | UInt8(text.utf8.count - 1)] + Array(text.utf8)
        while bytes.count % 4 != 0 { bytes.append(0) }
        return (RTPExtensionBlock.oneByteProfile, UInt8(bytes.count / 4), bytes)
    }

    @Test("Wild numbers, times, sources, sections and codecs of a picture disturb nobody", arguments: [1, 2, 3])
    func wild(seed: UInt64) throws {
        let meeting = try Meeting()
        var random = SeededGenerator(seed: seed)
        var number = UInt16.random(in: .min ... .max, using: &random)
        var source = meeting.hostile.videoSource()
        meeting.expectBoundedMemory {
            meeting.run(frames: 300) {
                for _ in 0..<12 {
                    switch Int.random(in: 0..<16, using: &random) {
                    case 0: source = .random(in: .min ... .max, using: &random)
                    case 1: source = meeting.hostile.videoSource(isScreen: Bool.random(using: &random))
                    default: break
                    }
                    number = Int.random(in: 0..<4, using: &random) == 0 ? .random(in: .min ... .max, using: &random) : number &+ 1
                    let repeats: UInt8 = Int.random(in: 0..<4, using: &random) == 0 ? 1 : 0
                    let type = Self.types.randomElement(using: &random)! + repeats | (Bool.random(using: &random) ? 0x80 : 0)
                    let payload = (0..<Int.random(in: 0..<300, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
                    meeting.send(
                        Self.packet(
                            type: type, number: number, time: .random(in: .min ... .max, using: &random), source: source &+ UInt32(repeats),
                            extensions: [nil, Self.mid("camera"), Self.mid("screen"), Self.mid("0")].randomElement(using: &random)!,
                            padding: Int.random(in: 0..<8, using: &random) == 0 ? .random(in: .min ... .max, using: &random) : nil, payload: payload))
                }
            }
        }
        try meeting.expectPeace()
        try meeting.expectLimits()
        #expect(meeting.pictures(of: VideoSourceID(leg: LegID(3), kind: .camera), at: 0).count > 100, "some of it is forwarded")
    }

    @Test("Header extensions of every length, true and claimed, are read within their packet", arguments: [0xBEDE, 0x1000, 0x100F, 0x0000])
    func extensions(profile: UInt16) throws {
        let meeting = try Meeting()
        var number: UInt16 = 0
        var sent = 0
        for words: UInt8 in [0, 1, 2, 3, 4, 5, 8, 63, 255] {
            for length in 0...24 {
                // An element of the section's MID, or of nothing, as long as it can be and longer.
                for head: [UInt8] in [[0x30 | UInt8(length % 16)], [3, UInt8(length)], [3, 255], [0xFF], [0], [0x0F]] {
                    let bytes = Array((head + Array("camera".utf8) + [UInt8](repeating: 0x35, count: 24)).prefix(length))
                    meeting.send(
                        Self.packet(
                            type: VideoOffer.vp8, number: number, time: 0, source: meeting.hostile.videoSource() &+ UInt32(length % 3) * 77,
                            extensions: (profile, words, bytes), payload: length % 2 == 0 ? [] : [0x10, 0x10, 0, 0]))
                    number &+= 1
                    sent += 1
                    if sent % 10 == 0 { meeting.run(frames: 1) }
                }
            }
        }
        try meeting.expectPeace()
        try meeting.expectLimits()
    }

    @Test("A payload that ends anywhere in its codec's header is no more than a packet", arguments: [0, 1, 2, 3])
    func truncated(codec: Int) throws {
        let meeting = try Meeting()
        let whole: [[UInt8]] = [
            [0x90, 0xF0, 0x85, 0x01, 0x07, 0x20, 0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A], [0x78, 0x00, 0x02, 0x67, 0x42, 0x00, 0xFF, 0x7C, 0x87, 0x42],
            [0xFF, 0x85, 0x01, 0x00, 0xFF, 0xFF, 0x82, 0x49, 0x83, 0x42], [0x18, 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x32],
        ]
        var random = SeededGenerator(seed: UInt64(codec))
        var number: UInt16 = 0
        meeting.expectBoundedMemory {
            for _ in 0..<40 {
                for length in 0...whole[codec].count {
                    // As it should be, and with any one byte of it another.
                    var payload = Array(whole[codec].prefix(length))
                    if let changed = payload.indices.randomElement(using: &random), Bool.random(using: &random) {
                        payload[changed] = .random(in: .min ... .max, using: &random)
                    }
                    meeting.send(
                        Self.packet(
                            type: Self.types[codec], number: number, time: UInt32(number) &* 3_000, source: meeting.hostile.videoSource(),
                            payload: payload))
                    number &+= 1
                    if number % 8 == 0 { meeting.run(frames: 1) }
                }
            }
        }
        try meeting.expectPeace()
        try meeting.expectLimits()
        for viewer in 0...1 {
            // Nothing of it is longer than it came, and what has no payload is not sent on.
            let film = meeting.pictures(of: VideoSourceID(leg: LegID(3), kind: .camera), at: viewer)
            #expect(film.allSatisfy { (1...whole[codec].count).contains($0.payload.count) })
        }
    }

    @Test("Repetitions that are too short, of nothing, or of numbers that never were are no pictures", arguments: [1, 2])
    func repetitions(seed: UInt64) throws {
        let meeting = try Meeting()
        var random = SeededGenerator(seed: seed)
        for number: UInt16 in 1...20 { meeting.rig.deliver(meeting.hostile.film(number, isKeyframe: number == 1) ?? [], from: LegID(3)) }
        let before = (0...1).map { meeting.pictures(of: VideoSourceID(leg: LegID(3), kind: .camera), at: $0).count }
        #expect(before == [20, 20])
        var sequence: UInt16 = 0
        func again(_ payload: [UInt8], padding: UInt8? = nil, type: UInt8 = VideoOffer.vp8 + 1) {
            meeting.send(
                Self.packet(
                    type: type, number: sequence, time: .random(in: .min ... .max, using: &random), source: meeting.hostile.videoSource() &+ 1,
                    padding: padding, payload: payload))
            sequence &+= 1
        }
        // Too short to repeat anything, with and without padding that leaves nothing.
        for length in 0...2 {
            for padding: UInt8? in [nil, 1, 2, 3, 255] { again([UInt8](repeating: 0, count: length), padding: padding) }
        }
        let short = (0...1).map { meeting.pictures(of: VideoSourceID(leg: LegID(3), kind: .camera), at: $0).count }
        #expect(short == before)
        meeting.expectBoundedMemory {
            meeting.run(frames: 150) {
                for _ in 0..<10 {
                    let number = UInt16.random(in: .min ... .max, using: &random)
                    let type = Self.types.randomElement(using: &random)! + 1
                    again([UInt8(number >> 8), UInt8(truncatingIfNeeded: number), 0x10, UInt8.random(in: 0...255, using: &random), 1, 2], type: type)
                }
            }
        }
        try meeting.expectPeace()
        try meeting.expectLimits()
        // A repetition begins nothing: only what lies around the numbers that were has a place.
        let after = (0...1).map { meeting.pictures(of: VideoSourceID(leg: LegID(3), kind: .camera), at: $0).count }
        #expect(after.allSatisfy { $0 < before[0] + 400 }, "\(after)")
    }

    @Test("A flood of pictures is cut to what one may take, and nobody else is asked for anything")
    func flood() throws {
        let meeting = try Meeting()
        var number: UInt16 = 0
        meeting.run(frames: 150) {
            for _ in 0..<100 {
                meeting.rig.deliver(meeting.hostile.film(number, isKeyframe: true, length: 40) ?? [], from: LegID(3))
                number &+= 1
            }
        }
        try meeting.expectPeace()
        try meeting.expectLimits()
        #expect(meeting.keyframesAsked == [0, 0])
    }

    @Test("Floods of NACK, PLI, FIR, REMB and reports with absurd values cost nobody else a packet", arguments: [1, 2, 3])
    func requests(seed: UInt64) throws {
        let meeting = try Meeting()
        var random = SeededGenerator(seed: seed)
        let shown = meeting.rig.engine.sections(of: LegID(3)).pictures
        // Streams that it is sent, each with the one for what is sent again, streams that others send, and such that nobody has.
        let known = meeting.hostile.sections.filter { shown[$0.value] != nil }.map(\.key).sorted()
        #expect(known.count == 4)
        let sources = known + [0, .max, 0xB0_1001, 0xB0_1002, 0xB0_1003]
        meeting.expectBoundedMemory {
            meeting.run(frames: 200) {
                for _ in 0..<10 { meeting.say(Self.request(about: sources, using: &random)) }
            }
        }
        try meeting.expectPeace()
        // What is sent again is bounded for each stream: a picture's worth at once, and so much a second.
        #expect(meeting.repeated <= 2 * (120_000 + 250_000 * (meeting.frames / 50 + 1)), "\(meeting.repeated)")
        #expect(meeting.repeated > 0)
    }

    /// One to four RTCP packets, sometimes cut.
    private static func request(about sources: [UInt32], using random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let media =
                Int.random(in: 0..<8, using: &random) == 0 ? .random(in: .min ... .max, using: &random) : sources.randomElement(using: &random)!
            let sender = UInt32.random(in: .min ... .max, using: &random)
            switch Int.random(in: 0..<9, using: &random) {
            case 0, 1:
                let missing = (0..<Int.random(in: 1...253, using: &random)).map { _ in
                    RTCPMissing(first: .random(in: .min ... .max, using: &random), following: .random(in: .min ... .max, using: &random))
                }
                RTCPWriter.appendMissing(missing, sender: sender, media: media, to: &bytes)
            case 2: RTCPWriter.appendPictureLoss(sender: sender, media: media, to: &bytes)
            case 3:
                for number: UInt8 in 0..<8 { RTCPWriter.appendFullIntra(.init(ssrc: media, sequenceNumber: number), sender: sender, to: &bytes) }
            case 4:
                let rate: UInt64 = [0, 1, .max, 250_000, .random(in: .min ... .max, using: &random)].randomElement(using: &random)!
                RTCPWriter.appendReceiverEstimate(
                    bitsPerSecond: rate, sources: [UInt32](repeating: media, count: .random(in: 0...300, using: &random)), sender: sender, to: &bytes)
            case 5:
                let blocks = (0..<31).map { _ in
                    RTCPReportBlock(
                        ssrc: sources.randomElement(using: &random)!, fractionLost: .random(in: .min ... .max, using: &random),
                        cumulativeLost: .random(in: .min ... .max, using: &random), highestSequence: .random(in: .min ... .max, using: &random),
                        jitter: .random(in: .min ... .max, using: &random), lastSenderReport: .random(in: .min ... .max, using: &random),
                        delaySinceLastSenderReport: .random(in: .min ... .max, using: &random))
                }
                let info = RTCPSenderInfo(
                    ssrc: media, ntp: NTPTimestamp(rawValue: .random(in: .min ... .max, using: &random)),
                    rtpTimestamp: .random(in: .min ... .max, using: &random), packetCount: .max, octetCount: .max)
                RTCPWriter.appendSenderReport(info, blocks: blocks, to: &bytes)
            case 6: RTCPWriter.appendBye(media, to: &bytes)
            case 7:
                // Feedback of any format, as long as it says or not.
                let words = UInt8.random(in: 0...12, using: &random)
                bytes += [0x80 | .random(in: 0...31, using: &random), .random(in: 203...207, using: &random), 0, words]
                bytes += (0..<4 * Int(words)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            default: bytes.removeLast(min(bytes.count, .random(in: 0...40, using: &random)))
            }
        }
        return bytes
    }
}

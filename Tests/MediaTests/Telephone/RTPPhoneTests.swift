import ICE
import Media
import RTP
import Testing
import VirtualBrowser
import VirtualNetwork

@Suite("A phone behind an RTP port")
struct RTPPhoneTests {
    private static let local = TransportAddress(ipv4: 0x7F00_0001, port: 41_000)
    private static let remote = TransportAddress(ipv4: 0x7F00_0001, port: 30_000)
    private static let leg = LegID(10)

    private static func media(
        sends: Bool = true, receives: Bool = true, codec: AudioCodec = .pcmu, remote: TransportAddress? = remote
    ) -> TelephoneMedia {
        var control = remote
        control?.port += 1
        let formats = [PayloadFormat(payloadType: 0, codec: .pcmu), PayloadFormat(payloadType: 8, codec: .pcma)]
        return TelephoneMedia(
            remote: remote, remoteControl: control, format: formats.first { $0.codec == codec }!, accepted: formats, telephoneEvent: 101,
            direction: TelephoneMedia.Direction(sends: sends, receives: receives))
    }

    /// One packet of 20 ms of the phone.
    private static func said(_ number: UInt16, payloadType: UInt8 = 0, ssrc: UInt32 = 7, length: Int = 160) -> [UInt8] {
        var packet: [UInt8] = []
        RTPHeader.write(
            payloadType: payloadType, marker: number == 0, sequenceNumber: number, timestamp: UInt32(number) * 160, ssrc: ssrc, to: &packet)
        packet += Array(repeating: 0xD5, count: length)
        return packet
    }

    @Test("It hears the mix every 20 ms from its own port, in numbers without a gap")
    func hears() throws {
        let rig = EngineRig(isLinear: false)
        try rig.connect(1)
        #expect(rig.agree(Self.media(), Self.leg, local: Self.local))
        rig.run(frames: 50)
        let headers = rig.sent(to: Self.remote).compactMap { RTPHeader($0.span) }
        // One at once, and one with each of the fifty frames.
        #expect(headers.count == 51)
        #expect(headers[0].marker && !headers[1].marker)
        #expect(headers.allSatisfy { $0.payloadType == 0 && $0.payload.count == 160 })
        for (one, next) in zip(headers, headers.dropFirst()) {
            #expect(next.sequenceNumber == one.sequenceNumber &+ 1 && next.timestamp == one.timestamp &+ 160)
        }
    }

    @Test("On hold it hears nothing, and after the hold its stream goes on with the time that passed")
    func hold() throws {
        let rig = EngineRig(isLinear: false)
        try rig.connect(1)
        #expect(rig.agree(Self.media(), Self.leg, local: Self.local))
        rig.run(frames: 5)
        #expect(rig.agree(Self.media(sends: false), Self.leg, local: Self.local))
        rig.run(frames: 10)
        #expect(rig.agree(Self.media(), Self.leg, local: Self.local))
        rig.run(frames: 5)
        let headers = rig.sent(to: Self.remote).compactMap { RTPHeader($0.span) }
        #expect(headers.count == 11)
        #expect(headers[6].marker && headers[6].sequenceNumber == headers[5].sequenceNumber &+ 1)
        #expect(headers[6].timestamp == headers[5].timestamp &+ 11 * 160)
    }

    @Test(
        "The music of a hold reaches neither the browser nor the other phone, and after the hold the phone is heard again", arguments: [true, false])
    func music(isReoffered: Bool) throws {
        let voice = Goertzel(frequency: 440, amplitude: 5_000)
        let rig = EngineRig()
        var headers: [RTPHeader] = []
        let browser = try rig.connect(1, phones: 2, voice: Goertzel(frequency: 1_000, amplitude: 5_000))
        let other = TonePhone(nil)
        #expect(rig.agree(Self.media(), Self.leg, local: Self.local) && rig.addPhone(11, other))
        let section = try #require(rig.engine.sections(of: LegID(1)).sources.first { $0.value == Self.leg }?.key)
        browser.hears = { if browser.sections[$0.header.ssrc] == section { headers.append($0.header) } }
        var number = 0
        /// Seconds of the phone's own tone, and how much of it the other phone hears.
        func speak(_ frames: Int) -> Double {
            let before = other.heard.count
            for _ in 0..<frames {
                var packet: [UInt8] = []
                RTPHeader.write(
                    payloadType: 0, marker: false, sequenceNumber: UInt16(truncatingIfNeeded: 65_500 + number), timestamp: UInt32(number) * 160,
                    ssrc: 7, to: &packet)
                packet += LinearEncoder.payload(voice.frame(number))
                number += 1
                rig.phoneSays(packet, Self.leg, from: Self.remote)
                rig.run(frames: 1)
            }
            // The first half second is the playout's and the selection's to settle.
            return voice.share(in: Array(other.heard.dropFirst(before + 4_000)))
        }
        #expect(speak(100) > 0.3)
        #expect(headers.count == 100)
        #expect(rig.agree(Self.media(sends: false), Self.leg, local: Self.local, isReoffered: isReoffered))
        #expect(speak(100) < 0.001)
        #expect(headers.count == 100)
        // Another refresh of the same hold changes nothing.
        #expect(rig.agree(Self.media(sends: false), Self.leg, local: Self.local, isReoffered: true))
        #expect(speak(50) < 0.001)
        #expect(rig.agree(Self.media(), Self.leg, local: Self.local, isReoffered: isReoffered))
        #expect(speak(100) > 0.3)
        #expect(headers.count == 200)
        // What was kept back is no loss, and the time of it has passed.
        #expect(headers[100].sequenceNumber == headers[99].sequenceNumber &+ 1)
        #expect(headers[100].timestamp == headers[99].timestamp &+ 151 * 160)
    }

    @Test("A phone that only speaks from the beginning is heard: it holds nobody")
    func speaker() throws {
        let rig = EngineRig(isLinear: false)
        var count = 0
        try rig.connect(1).hears = { _ in count += 1 }
        #expect(rig.agree(Self.media(sends: false), Self.leg, local: Self.local))
        for number in UInt16(0)..<10 { rig.phoneSays(Self.said(number), Self.leg, from: Self.remote) }
        #expect(rig.agree(Self.media(sends: false), Self.leg, local: Self.local, isReoffered: true))
        for number in UInt16(10)..<20 { rig.phoneSays(Self.said(number), Self.leg, from: Self.remote) }
        #expect(count == 20)
    }

    @Test("What it says reaches the browser at once, re-headed, and digits close up without a hole")
    func says() throws {
        let rig = EngineRig(isLinear: false)
        var headers: [RTPHeader] = []
        try rig.connect(1).hears = { headers.append($0.header) }
        #expect(rig.agree(Self.media(), Self.leg, local: Self.local))
        for number in UInt16(0)..<10 {
            rig.phoneSays(Self.said(number, payloadType: number == 4 ? 101 : 0, length: number == 4 ? 4 : 160), Self.leg, from: Self.remote)
        }
        #expect(headers.count == 9)
        for (one, next) in zip(headers, headers.dropFirst()) { #expect(next.sequenceNumber == one.sequenceNumber &+ 1) }
        #expect(headers[4].timestamp == headers[3].timestamp &+ 320)
    }

    @Test("A stranger, another codec and half a packet are dropped")
    func stranger() throws {
        let rig = EngineRig(isLinear: false)
        var headers: [RTPHeader] = []
        try rig.connect(1).hears = { headers.append($0.header) }
        #expect(rig.agree(Self.media(), Self.leg, local: Self.local))
        rig.phoneSays(Self.said(0), Self.leg, from: TransportAddress(ipv4: 0x7F00_0002, port: 30_000))
        rig.phoneSays(Self.said(1, payloadType: 18), Self.leg, from: Self.remote)
        rig.phoneSays([0x80, 0], Self.leg, from: Self.remote)
        rig.phoneSays([], Self.leg, from: Self.remote)
        #expect(headers.isEmpty)
        rig.phoneSays(Self.said(2), Self.leg, from: Self.remote)
        #expect(headers.count == 1)
    }

    @Test("When it leaves, its RTCP port is told goodbye")
    func farewell() throws {
        let rig = EngineRig(isLinear: false)
        try rig.connect(1)
        #expect(rig.agree(Self.media(), Self.leg, local: Self.local))
        rig.run(frames: 2)
        rig.removePhone(10)
        rig.run(frames: 1)
        var control = Self.remote
        control.port += 1
        let packet = try #require(rig.sent(to: control).last)
        var cursor = RTCPCursor()
        var ended = false
        while let next = cursor.next(in: packet.span) { if case .bye = next { ended = true } }
        #expect(ended)
        #expect(rig.sent(to: Self.remote).count == 3)
    }
}

import Media
import SDP
import Testing

@Suite struct JoinTests {
    @Test("Microphone, camera and two spares get their purposes", arguments: [BrowserOffer.chromiumJoin, .firefoxJoin])
    func purposes(_ offer: BrowserOffer) throws {
        var browser = Negotiator()
        let answer = try browser.answer(offer)
        #expect(answer.sections.map(\.purpose) == [.microphone, .camera, .browserAudio, .phone])
        #expect(answer.sections.map(\.direction) == [.receiveOnly, .receiveOnly, .sendOnly, .sendOnly])
        #expect(answer.sections.map(\.mid) == ["0", "1", "2", "3"])
        #expect(answer.sections.map(\.index) == [0, 1, 2, 3])
        #expect(answer.sections.map(\.isRejected) == [false, false, false, false])
        #expect(answer.remote.fingerprint.count == 32)
        #expect(!answer.remote.isICERestart)
    }

    @Test("Every payload type and extension number is the browser's own")
    func numbers() throws {
        var chromium = Negotiator()
        var firefox = Negotiator()
        let fromChromium = try chromium.answer(.chromiumJoin).sections
        let fromFirefox = try firefox.answer(.firefoxJoin).sections
        #expect(fromChromium[0].receive == [PayloadFormat(payloadType: 111, codec: .opus)])
        #expect(fromFirefox[0].receive == [PayloadFormat(payloadType: 109, codec: .opus)])
        #expect(fromChromium.map(\.midExtensionID) == [4, 4, 4, 4])
        #expect(fromFirefox.map(\.midExtensionID) == [3, 3, 3, 3])
        #expect(fromChromium.map(\.audioLevelExtensionID) == [1, nil, nil, nil])
        #expect(fromFirefox.map(\.audioLevelExtensionID) == [1, nil, nil, nil])
        #expect(fromFirefox[0].remoteSSRCs == [873_200_534])
    }

    @Test("A phone section takes PCMU, PCMA and G.722 in this order, at 8 kHz")
    func phoneCodecs() throws {
        var browser = Negotiator()
        let answer = try browser.answer(.firefoxJoin)
        let send = try #require(answer.sections[3].send)
        #expect(send.formats.map(\.codec) == [.pcmu, .pcma, .g722])
        #expect(send.formats.map(\.payloadType) == [0, 8, 9])
        #expect(send.clockRate == 8_000)
        #expect(send.payloadType(of: .g722) == 9)
        #expect(send.payloadType(of: .opus) == nil)
        let sdp = try SessionDescription(parsing: answer.sdp)
        #expect(sdp.media[3].formats == ["0", "8", "9"])
        #expect(sdp.media[3].attributes.sources == [SourceAttribute(ssrc: send.ssrc, Attribute("cname", send.cname))])
        #expect(sdp.media[3].attributes.msid?.track != nil)
    }

    @Test(
        "The answer is ICE-lite, DTLS passive, bundled and multiplexed, with all candidates in the first section",
        arguments: [BrowserOffer.chromiumJoin, .firefoxJoin])
    func transport(_ offer: BrowserOffer) throws {
        var browser = Negotiator()
        let sdp = try SessionDescription(parsing: browser.answer(offer).sdp)
        #expect(sdp.attributes.isICELite)
        #expect(sdp.attributes.bundle?.mids == ["0", "1", "2", "3"])
        #expect(sdp.attributes.fingerprints == [Fingerprint(bytes: Array(0..<32))])
        #expect(sdp.media.allSatisfy { $0.attributes.setup == .passive && $0.attributes.isRTCPMultiplexed && $0.attributes.iceUfrag == "bridge" })
        #expect(sdp.media.allSatisfy { $0.port != 0 && !$0.attributes.isBundleOnly })
        #expect(sdp.media[0].attributes.candidates.map(\.address) == ["192.0.2.1", "2001:db8::1"])
        #expect(sdp.media.map { $0.attributes.contains("end-of-candidates") } == [true, false, false, false])
        #expect(sdp.media[0].port == 40000)
        #expect(sdp.media[0].connection == ConnectionAddress(.ipv4, "192.0.2.1"))
    }

    @Test("Only what the bridge speaks is answered for the microphone")
    func microphone() throws {
        var browser = Negotiator()
        let microphone = try SessionDescription(parsing: browser.answer(.chromiumJoin).sdp).media[0]
        #expect(microphone.formats == ["111"])
        #expect(microphone.attributes.formatParameters(for: "111")?.value == "111 minptime=10;useinbandfec=1;stereo=0;usedtx=0")
        #expect(microphone.attributes.rtcpFeedback == [])
        #expect(microphone.attributes.headerExtensions.map(\.id).sorted() == [1, 4])
        #expect(microphone.attributes.packetTime == 20)
    }

    @Test("The camera is taken in one form of each codec, VP8 first, with its feedback and its retransmissions")
    func camera() throws {
        var browser = Negotiator()
        let answer = try browser.answer(.chromiumJoin)
        let camera = try SessionDescription(parsing: answer.sdp).media[1]
        #expect(camera.attributes.direction == .receiveOnly)
        #expect(camera.formats == ["96", "97", "108", "109", "98", "99", "45", "46"])
        #expect(camera.attributes.rtpMaps.map(\.encoding) == ["VP8", "rtx", "H264", "rtx", "VP9", "rtx", "AV1", "rtx"])
        #expect(camera.attributes.formatParameters(for: "108")?["profile-level-id"] == "42e01f")
        #expect(camera.attributes.formatParameters(for: "109")?["apt"] == "108")
        #expect(camera.attributes.rtcpFeedback.filter { $0.payloadType == 96 }.map(\.type) == ["goog-remb", "ccm fir", "nack", "nack pli"])
        #expect(camera.attributes.headerExtensions.map(\.id) == [4])
        #expect(answer.sections[1].receiveVideo.map(\.codec) == [.vp8, .h264, .vp9, .av1])
        #expect(answer.sections[1].remoteSSRCs.count == 2)
        // Firefox of this build has no H.264.
        var firefox = Negotiator()
        let other = try firefox.answer(.firefoxJoin)
        #expect(other.sections[1].receiveVideo.map(\.codec) == [.vp8, .vp9, .av1])
        #expect(other.sections[1].remoteSSRCs == [2_094_692_176, 2_696_012_434])
    }

    @Test(
        "Who only listens gets an inactive microphone, and sections to see a browser, and to hear one and a phone",
        arguments: [BrowserOffer.chromiumListen, .firefoxListen])
    func listening(_ offer: BrowserOffer) throws {
        var browser = Negotiator()
        let answer = try browser.answer(offer)
        #expect(answer.sections.map(\.purpose) == [.microphone, .browserVideo, .browserAudio, .phone])
        #expect(answer.sections.map(\.direction) == [.inactive, .sendOnly, .sendOnly, .sendOnly])
        #expect(answer.sections[0].receive == [])
    }

    @Test("Without Opus the microphone takes every other codec; numbers without an rtpmap count too")
    func noOpus() throws {
        let offer = try BrowserOffer.chromiumJoin.text().replacing("opus/48000/2", with: "speex/48000/2").replacing(
            "a=rtpmap:0 PCMU/8000\r\n", with: "")
        var browser = Negotiator()
        let answer = try browser.answer(offer)
        #expect(answer.sections[0].receive.map(\.codec) == [.g722, .pcmu, .pcma])
        #expect(answer.sections[0].receive.map(\.payloadType) == [9, 0, 8])
        #expect(answer.sections.map(\.purpose) == [.microphone, .camera, .phone, .phone])
    }

    @Test("Without the codecs of phones, every spare is for browsers")
    func noPhoneCodec() throws {
        var offer = try BrowserOffer.chromiumJoin.text()
        for encoding in ["G722", "PCMU", "PCMA"] {
            offer.replace("\(encoding)/8000", with: "x/8000")
        }
        var browser = Negotiator()
        let answer = try browser.answer(offer, phones: 1, browsers: 2)
        #expect(answer.sections.map(\.purpose) == [.microphone, .camera, .browserAudio, .browserAudio])
        #expect(answer.sections.map { $0.send?.formats.count } == [nil, nil, 1, 1])
    }

    @Test(
        "At join, spares beside the last go where they are wanted",
        arguments: [(0, 0, SectionPurpose.browserAudio), (1, 1, .browserAudio), (2, 0, .phone), (2, 1, .phone)])
    func demandAtJoin(phones: Int, browsers: Int, expected: SectionPurpose) throws {
        var browser = Negotiator()
        let sections = try browser.answer(.chromiumJoin, phones: phones, browsers: browsers).sections
        #expect(sections[2].purpose == expected)
        #expect(sections[3].purpose == .phone)
    }

    @Test("A browser is heard in Opus as soon as there is one")
    func browserAudio() throws {
        var browser = Negotiator()
        let section = try browser.answer(.firefoxJoin, browsers: 1).sections[2]
        #expect(section.direction == .sendOnly)
        #expect(section.send?.formats == [PayloadFormat(payloadType: 109, codec: .opus)])
        #expect(section.send?.clockRate == 48_000)
    }

    @Test("No SSRC of the bridge is one of the browser's, none is 0, and no generator can hang it")
    func sourceNumbers() throws {
        struct StuckGenerator: RandomNumberGenerator {
            var value: UInt64
            mutating func next() -> UInt64 { value }
        }
        for value in [0, 873_200_534, UInt64.max] {
            var stuck = StuckGenerator(value: value)
            var negotiation = BrowserNegotiation()
            let answer = try negotiation.answer(
                BrowserOffer.firefoxJoin.text(), local: Negotiator.local, demand: SectionDemand(phones: 2, browsers: 0), using: &stuck)
            let own = answer.sections.compactMap(\.send?.ssrc)
            #expect(Set(own).count == 2)
            #expect(!own.contains(0))
            #expect(!own.contains(873_200_534))
        }
    }
}

import SDP
import Testing

@Suite struct AttributeTests {
    @Test("An rtpmap is read and written", arguments: ["111 opus/48000/2", "0 PCMU/8000", "96 VP8/90000"])
    func rtpMap(_ text: String) {
        #expect(RTPMap(text)?.value == text)
    }

    @Test(
        "An rtpmap that breaks its grammar is none",
        arguments: [
            "", "111", "111 opus", "111 opus/", "111 /48000", "128 opus/48000", "-1 opus/48000", "+1 opus/48000", "1 opus/0", "1 opus/4294967296",
            "1 opus/48000/0", "1 opus/48000/256", "1 opus/48000/2/2", "x opus/48000",
        ])
    func badRTPMap(_ text: String) {
        #expect(RTPMap(text) == nil)
    }

    @Test("A fingerprint is read in either case and written in capitals")
    func fingerprint() {
        let fingerprint = Fingerprint("SHA-256 0a:FF:b0")
        #expect(fingerprint == Fingerprint(algorithm: "sha-256", bytes: [0x0A, 0xFF, 0xB0]))
        #expect(fingerprint?.value == "sha-256 0A:FF:B0")
    }

    @Test(
        "A fingerprint that breaks its grammar is none",
        arguments: ["sha-256", "sha-256 0", "sha-256 0A:", "sha-256 0A:F", "sha-256 0AFF", "sha-256 0G", "sha-256 :0A", "sha-256 0A 0B"])
    func badFingerprint(_ text: String) {
        #expect(Fingerprint(text) == nil)
    }

    @Test(
        "A header extension is read with its direction and parameters",
        arguments: [
            "4 urn:ietf:params:rtp-hdrext:sdes:mid", "2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level",
            "1 urn:ietf:params:rtp-hdrext:ssrc-audio-level vad=on",
        ])
    func headerExtension(_ text: String) {
        #expect(HeaderExtension(text)?.value == text)
    }

    @Test(
        "A header extension that breaks its grammar is none",
        arguments: ["", "1", "0 urn:x", "65536 urn:x", "1/ urn:x", "1/sideways urn:x", "1/sendonly/2 urn:x", "/ urn:x"])
    func badHeaderExtension(_ text: String) {
        #expect(HeaderExtension(text) == nil)
    }

    @Test("A candidate is read, with whatever follows its type")
    func candidate() throws {
        let text = "1687340161 1 tcp 1518280447 127.0.0.1 9 typ host tcptype active generation 0"
        let candidate = try #require(CandidateAttribute(text))
        #expect(candidate.transport == "tcp")
        #expect(candidate.priority == 1_518_280_447)
        #expect(candidate.extensions == "tcptype active generation 0")
        #expect(candidate.value == text)
        #expect(CandidateAttribute("1 1 UDP 2130706431 fe80::1 65535 typ host")?.transport == "udp")
    }

    @Test(
        "A candidate that breaks its grammar is none",
        arguments: [
            "", "1 1 udp 1 10.0.0.1 9 type host", "1 1 udp 4294967296 10.0.0.1 9 typ host", "1 1 udp 1 10.0.0.1 65536 typ host",
            "1 1 udp 1 10.0.0.1 9 typ",
        ])
    func badCandidate(_ text: String) {
        #expect(CandidateAttribute(text) == nil)
    }

    @Test("Format parameters are found without regard to case and spaces")
    func formatParameters() {
        let parameters = FormatParameters("111 minptime=10; useinbandfec=1;;stereo=")
        #expect(parameters?["UseInbandFEC"] == "1")
        #expect(parameters?["stereo"] == "")
        #expect(parameters?["usedtx"] == nil)
        #expect(parameters?.value == "111 minptime=10;useinbandfec=1;stereo=")
        #expect(FormatParameters("111") == nil)
    }

    @Test("Feedback is for one format or for all")
    func feedback() {
        #expect(RTCPFeedback("96 nack pli") == RTCPFeedback(payloadType: 96, type: "nack pli"))
        #expect(RTCPFeedback("* nack")?.payloadType == nil)
        #expect(RTCPFeedback("* nack")?.value == "* nack")
        #expect(RTCPFeedback("128 nack") == nil)
        #expect(RTCPFeedback("96") == nil)
    }

    @Test("A source, an msid and a group are read and written")
    func identities() {
        #expect(SourceAttribute("3450566805 cname:a b")?.attribute == Attribute("cname", "a b"))
        #expect(SourceAttribute("3450566805 cname:a b")?.value == "3450566805 cname:a b")
        #expect(SourceAttribute("4294967296 cname:x") == nil)
        #expect(MediaStreamID("- track")?.value == "- track")
        #expect(MediaStreamID("stream")?.track == nil)
        #expect(SectionGroup("BUNDLE 0 1")?.value == "BUNDLE 0 1")
    }

    @Test("An attribute that cannot be read is passed over for one that can")
    func passedOver() {
        let list: AttributeList = [Attribute("setup", "sideways"), Attribute("setup", "passive"), Attribute("rtpmap", "x"), Attribute("rtpmap")]
        #expect(list.setup == .passive)
        #expect(list.rtpMaps == [])
        #expect(list.direction == nil)
    }

    @Test(
        "A mid must be a token",
        arguments: [("0", true), ("{3b3f-x}", true), ("sdparta_0", true), ("", false), ("a b", false), ("a\"", false), ("ü", false)])
    func mid(text: String, isGood: Bool) {
        let list: AttributeList = [Attribute("mid", text)]
        #expect((list.mid == text) == isGood)
    }

    @Test("A direction reversed is how the other end sees it", arguments: Direction.allCases)
    func reversal(_ direction: Direction) {
        #expect(direction.reversed.sends == direction.receives)
        #expect(direction.reversed.receives == direction.sends)
        #expect(direction.reversed.reversed == direction)
    }
}

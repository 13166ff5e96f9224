import Media
import SDP
import Testing

@Suite struct RefusedOfferTests {
    @Test(
        "An offer that breaks the rules is refused with its reason",
        arguments: [
            (Fault("a=group:BUNDLE", "a=group:LS"), NegotiationError.notBundled(section: -1)),
            (Fault("a=group:BUNDLE 0 1 2 3", "a=group:BUNDLE 0 1 3"), .notBundled(section: 2)),
            (Fault("a=rtcp-mux\r\n", ""), .notMultiplexed(section: 0)),
            (Fault("a=mid:1\r\n", ""), .badMID(section: 1)),
            (Fault("a=mid:1\r\n", "a=mid:0\r\n"), .badMID(section: 1)),
            (Fault("a=mid:1\r\n", "a=mid:\(String(repeating: "x", count: 65))\r\n"), .badMID(section: 1)),
            (Fault("a=ice-ufrag:", "a=x:"), .badICECredentials),
            (Fault("a=ice-pwd:", "a=ice-pwd:\u{FC}"), .badICECredentials),
            (Fault("a=fingerprint:sha-256", "a=fingerprint:sha-1"), .noFingerprint),
            (Fault("a=fingerprint:sha-256 ", "a=fingerprint:sha-256 ", cut: 3), .noFingerprint),
            (Fault("a=fingerprint:", "a=x:"), .noFingerprint),
            (Fault("a=setup:actpass", "a=setup:passive"), .wrongDTLSRole),
            (Fault("m=audio", "m=text"), .noAudioSection),
            (Fault("UDP/TLS/RTP/SAVPF", "RTP/AVP"), .noAudioSection),
            (Fault("m=audio 9", "m=audio 0"), .noAudioSection),
            (Fault("v=0", "v=2"), .malformed(.unsupportedVersion(line: 1))),
        ])
    func refused(fault: Fault, expected: NegotiationError) throws {
        var browser = Negotiator()
        let before = browser.negotiation
        let offer = fault.applied(to: try BrowserOffer.chromiumJoin.text())
        #expect(throws: expected) { try browser.answer(offer) }
        #expect(browser.negotiation == before)
        #expect(expected.description.hasSuffix("."))
        #expect(NegotiationError.code == "invalid_offer")
    }

    @Test("Sixty-four sections are answered within a frame, sixty-five are not answered")
    func sections() throws {
        var browser = Negotiator()
        let answer = try browser.answer(Self.offer(sections: 64), phones: 64)
        #expect(answer.sections.count { $0.purpose == .phone } == 63)
        #expect(answer.sdp.utf8.count < 60_000)
        #expect(throws: NegotiationError.tooManySections(65)) { try browser.answer(Self.offer(sections: 65)) }
    }

    @Test("Payload types that look like RTCP, and extension numbers beyond the one-byte form, are not used")
    func ambiguousNumbers() throws {
        let offer = try BrowserOffer.chromiumJoin.text().replacing("111", with: "72").replacing("extmap:4 ", with: "extmap:15 ")
            .replacing("extmap:1 ", with: "extmap:1/recvonly ")
        var browser = Negotiator()
        let answer = try browser.answer(offer)
        #expect(answer.sections[0].receive.map(\.codec) == [.g722, .pcmu, .pcma])
        #expect(answer.sections.map(\.midExtensionID) == [nil, nil, nil, nil])
        #expect(answer.sections[0].audioLevelExtensionID == nil)
        #expect(!answer.sdp.contains("a=extmap"))
    }

    @Test("A mid of more than sixteen bytes is kept, and its extension not used")
    func longMID() throws {
        let long = "abcdefghijklmnopq"
        let offer = try BrowserOffer.chromiumJoin.text().replacing("a=mid:3", with: "a=mid:\(long)").replacing(
            "BUNDLE 0 1 2 3", with: "BUNDLE 0 1 2 \(long)")
        var browser = Negotiator()
        let answer = try browser.answer(offer)
        #expect(answer.sections[3].mid == long)
        #expect(answer.sections.map(\.midExtensionID) == [4, 4, 4, nil])
    }

    @Test("When the first of the bundle is refused, the next one carries the candidates")
    func refusedCarrier() throws {
        let offer = try BrowserOffer.chromiumJoin.text().replacing("m=audio 9", with: "m=audio 0", maxReplacements: 1)
            .replacing("BUNDLE 0 1 2 3", with: "BUNDLE 2 1 3")
        var browser = Negotiator()
        let answer = try browser.answer(offer)
        let sdp = try SessionDescription(parsing: answer.sdp)
        #expect(sdp.attributes.bundle?.mids == ["2", "1", "3"])
        #expect(sdp.media.map { !$0.attributes.candidates.isEmpty } == [false, false, true, false])
        #expect(answer.sections.map(\.purpose) == [.unused, .camera, .microphone, .phone])
    }

    /// A microphone and receive sections.
    static func offer(sections: Int) -> String {
        let mids = (0..<sections).map { "\($0)" }
        let start = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nt=0 0\na=group:BUNDLE \(mids.joined(separator: " "))\n"
        return start
            + mids.map { mid in
                "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\na=ice-ufrag:abcd\na=ice-pwd:0123456789abcdef012345\n"
                    + "a=fingerprint:sha-256 \(Fingerprint(bytes: Array(0..<32)).value.dropFirst(8))\na=setup:actpass\na=mid:\(mid)\n"
                    + "a=\(mid == "0" ? "sendrecv" : "recvonly")\na=rtcp-mux\na=rtpmap:111 opus/48000/2\n"
            }.joined()
    }
}

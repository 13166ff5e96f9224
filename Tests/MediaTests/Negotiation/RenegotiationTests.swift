import Media
import SDP
import Testing

@Suite struct RenegotiationTests {
    @Test(
        "More sections go where they are wanted, and what was there stays as it was",
        arguments: [
            (BrowserOffer.chromiumJoin, BrowserOffer.chromiumMoreSections), (.firefoxJoin, .firefoxMoreSections),
        ])
    func moreSections(first: BrowserOffer, second: BrowserOffer) throws {
        var browser = Negotiator()
        let before = try browser.answer(first)
        let after = try browser.answer(second, phones: 3, browsers: 2)
        #expect(after.sections.map(\.purpose) == [.microphone, .camera, .browserAudio, .phone, .phone, .phone, .browserAudio])
        #expect(after.sections[3].send == before.sections[3].send)
        #expect(after.sections.map(\.direction) == [.receiveOnly, .receiveOnly, .sendOnly, .sendOnly, .sendOnly, .sendOnly, .sendOnly])
        #expect(Set(after.sections.compactMap(\.send?.ssrc)).count == 5)
        #expect(!after.remote.isICERestart)
    }

    @Test("A section that sends goes on sending when fewer are wanted")
    func demandFalls() throws {
        var browser = Negotiator()
        let before = try browser.answer(.chromiumJoin, browsers: 1)
        let after = try browser.answer(.chromiumJoin, browsers: 0)
        #expect(before.sections[2].send != nil)
        #expect(after.sections[2].send == before.sections[2].send)
    }

    @Test("Each answer raises the version of the same session")
    func version() throws {
        var browser = Negotiator()
        let origins = try [BrowserOffer.chromiumJoin, .chromiumMoreSections, .chromiumMoreSections].map {
            try SessionDescription(parsing: browser.answer($0).sdp).origin
        }
        #expect(Set(origins.map(\.sessionID)).count == 1)
        #expect(origins.map(\.version) == ["1", "2", "3"])
    }

    @Test("An ICE restart is told before and after it is answered")
    func restart() throws {
        var browser = Negotiator()
        #expect(!browser.negotiation.restartsICE(try BrowserOffer.chromiumJoin.text()))
        _ = try browser.answer(.chromiumJoin)
        _ = try browser.answer(.chromiumMoreSections)
        #expect(!browser.negotiation.restartsICE(try BrowserOffer.chromiumMoreSections.text()))
        #expect(browser.negotiation.restartsICE(try BrowserOffer.chromiumRestart.text()))
        let restarted = try browser.answer(.chromiumRestart)
        #expect(restarted.remote.isICERestart)
        #expect(try !browser.answer(.chromiumRestart).remote.isICERestart)
    }

    @Test("A stopped section is rejected, and its place may be taken by a new one; a data channel is refused")
    func stoppedAndRecycled() throws {
        var browser = Negotiator()
        _ = try browser.answer(.chromiumJoin)
        let more = try browser.answer(.chromiumMoreSections, phones: 3, browsers: 2)
        _ = try browser.answer(.chromiumRestart, phones: 3, browsers: 2)

        let stopped = try browser.answer(.chromiumStopped, phones: 3, browsers: 2)
        #expect(stopped.sections.map(\.isRejected) == [false, false, false, false, true, false, false, true])
        #expect(stopped.sections[7].kind == .application)
        let sdp = try SessionDescription(parsing: stopped.sdp)
        #expect(sdp.attributes.bundle?.mids == ["0", "1", "2", "3", "5", "6"])
        #expect(sdp.media.map(\.isRejected) == stopped.sections.map(\.isRejected))
        #expect(browser.negotiation.receiveSections(for: SectionDemand(phones: 3, browsers: 2)) == 5)

        let recycled = try browser.answer(.chromiumRecycled, phones: 3, browsers: 2)
        #expect(recycled.sections.map(\.mid) == ["0", "1", "2", "3", "8", "5", "6", "7", "9"])
        #expect(recycled.sections[4].purpose == .phone)
        #expect(recycled.sections[4].send != nil)
        #expect(recycled.sections[4].send?.ssrc != more.sections[4].send?.ssrc)
        #expect(recycled.sections[8].purpose == .screen)
        #expect(recycled.sections[8].direction == .receiveOnly)
    }

    @Test(
        "Who listened may begin to speak, and fall silent again",
        arguments: [("sendrecv", true), ("sendonly", true), ("recvonly", false), ("inactive", false)])
    func speaking(direction: String, isHeard: Bool) throws {
        var browser = Negotiator()
        _ = try browser.answer(.chromiumListen)
        let offer = try BrowserOffer.chromiumSpeak.text().replacing("a=sendrecv", with: "a=\(direction)", maxReplacements: 1)
        let microphone = try browser.answer(offer).sections[0]
        #expect(microphone.purpose == .microphone)
        #expect(microphone.direction == (isHeard ? .receiveOnly : .inactive))
        #expect(microphone.receive.isEmpty == !isHeard)
        #expect(microphone.remoteSSRCs.isEmpty == !isHeard)
    }

    @Test("A phone section that the browser does not listen to keeps its SSRC for later")
    func paused() throws {
        var browser = Negotiator()
        let offer = try BrowserOffer.chromiumJoin.text()
        let before = try browser.answer(offer).sections[3]
        let paused = try browser.answer(offer.replacing("a=recvonly", with: "a=inactive")).sections[3]
        let after = try browser.answer(offer).sections[3]
        #expect(paused.purpose == .phone)
        #expect(paused.direction == .inactive)
        #expect(paused.send == nil)
        #expect(after == before)
    }

    @Test("The page is asked for what is missing, never for less than there is")
    func receiveSections() throws {
        var browser = Negotiator()
        #expect(browser.negotiation.receiveSections(for: SectionDemand(phones: 1, browsers: 1)) == 2)
        _ = try browser.answer(.chromiumJoin)
        #expect(browser.negotiation.receiveSections(for: SectionDemand(phones: 0, browsers: 0)) == 2)
        #expect(browser.negotiation.receiveSections(for: SectionDemand(phones: 3, browsers: 0)) == 4)
        #expect(browser.negotiation.receiveSections(for: SectionDemand(phones: -1, browsers: 2)) == 3)
    }

    @Test("Another RTCPeerConnection is told by its session id")
    func sessionID() throws {
        let chromium = try BrowserOffer.chromiumJoin.text()
        let firefox = try BrowserOffer.firefoxJoin.text()
        #expect(BrowserNegotiation.sessionID(of: chromium) == BrowserNegotiation.sessionID(of: try BrowserOffer.chromiumRecycled.text()))
        #expect(BrowserNegotiation.sessionID(of: firefox) == "2626721851598054316")
        #expect(BrowserNegotiation.sessionID(of: "hello") == nil)
        var browser = Negotiator()
        _ = try browser.answer(chromium)
        #expect(throws: NegotiationError.otherSession) { try browser.answer(firefox) }
    }

    @Test(
        "What breaks a running session is refused and changes nothing",
        arguments: [
            (Fault("m=video 9 UDP/TLS/RTP/SAVPF 96", "m=audio 9 UDP/TLS/RTP/SAVPF 0"), NegotiationError.sectionChanged(section: 1)),
            (Fault("a=mid:2", "a=mid:9", group: "a=group:BUNDLE 0 1 9 3"), .sectionChanged(section: 2)),
            (Fault("fingerprint:sha-256 ", "fingerprint:sha-256 00:", cut: 3), .fingerprintChanged),
            (Fault("opus/48000/2", "speex/48000/2"), .noCodec(section: 0)),
            (Fault(" 9 0 8 13", " 13"), .noCodec(section: 3)),
        ])
    func broken(fault: Fault, expected: NegotiationError) throws {
        var browser = Negotiator()
        let offer = try BrowserOffer.chromiumJoin.text()
        _ = try browser.answer(offer, phones: 1, browsers: 1)
        let before = browser.negotiation
        #expect(throws: expected) { try browser.answer(fault.applied(to: offer)) }
        #expect(browser.negotiation == before)
    }

    @Test("A section cannot go")
    func gone() throws {
        var browser = Negotiator()
        _ = try browser.answer(.chromiumJoin)
        _ = try browser.answer(.chromiumMoreSections)
        #expect(throws: NegotiationError.sectionChanged(section: 4)) { try browser.answer(BrowserOffer.chromiumJoin.text()) }
    }
}

/// A change that spoils an offer.
struct Fault: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var group: String?
    /// Characters that go from the end of the lines changed.
    var cut = 0

    init(_ old: String, _ new: String, group: String? = nil, cut: Int = 0) {
        self.old = old
        self.new = new
        self.group = group
        self.cut = cut
    }

    var testDescription: String { "\(old) → \(new)" }

    func applied(to offer: String) -> String {
        var lines = offer.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
        if cut > 0 {
            lines = lines.split(separator: "\r\n").map { $0.contains(old) ? String($0.replacing(old, with: new).dropLast(cut)) : String($0) }
                .joined(separator: "\r\n")
        } else {
            lines = lines.replacing(old, with: new)
        }
        if let group {
            lines = lines.split(separator: "\r\n").map { $0.hasPrefix("a=group:") ? group : String($0) }.joined(separator: "\r\n")
        }
        return lines + "\r\n"
    }
}

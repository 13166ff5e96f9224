import Media
import SDP
import Testing

@Suite struct HostileOfferTests {
    @Test("Every length of an offer is answered or refused, to a new session and to a running one")
    func everyLength() throws {
        let offer = BrowserOffer.firefoxListen
        let bytes = Array(try offer.text().utf8)
        var running = Negotiator()
        _ = try running.answer(offer)
        var answered = 0
        for length in 0...bytes.count {
            let text = String(decoding: bytes[..<length], as: UTF8.self)
            var fresh = Negotiator()
            if answer(text, by: &fresh) { answered += 1 }
            var known = running
            _ = answer(text, by: &known)
        }
        #expect(answered > 0)
        #expect(answered < bytes.count)
    }

    @Test("Every byte of an offer may be another: it is answered in bounds, or refused")
    func everyByte() throws {
        var bytes = Array(RefusedOfferTests.offer(sections: 3).utf8)
        var running = Negotiator()
        _ = try running.answer(RefusedOfferTests.offer(sections: 3))
        var answered = 0
        for position in bytes.indices {
            let original = bytes[position]
            for value in Array("\0\n :/9".utf8) + [0xFF, original &+ 1, original ^ 0x20] {
                bytes[position] = value
                let text = String(decoding: bytes, as: UTF8.self)
                var fresh = Negotiator()
                if answer(text, by: &fresh) { answered += 1 }
                var known = running
                _ = answer(text, by: &known)
            }
            bytes[position] = original
        }
        #expect(answered > 1_000)
    }

    @Test("An offer made to be slow is not", .timeLimit(.minutes(1)))
    func slow() throws {
        let start = RefusedOfferTests.offer(sections: 2)
        let line = ["a=rtpmap:0 PCMU/8000\n", "a=group:BUNDLE 0 1\n", "a=ssrc:1 a\n", "a=rtcp-fb:* nack pli\n", "a=x\n", "a=fmtp:0 a;a;a;a;a\n"]
        for line in line {
            var text = start
            while text.utf8.count + line.utf8.count <= 65_536 { text += line }
            var browser = Negotiator()
            #expect(answer(text, by: &browser))
        }
        let mids = (0..<12_000).map { "m\($0 % 1000)" }.joined(separator: " ")
        var browser = Negotiator()
        #expect(!answer(start.replacing("BUNDLE 0 1", with: "BUNDLE \(mids)"), by: &browser))
    }

    /// Whether it was answered; what is answered can be read, names each section once, and is not much longer than the offer.
    private func answer(_ text: String, by browser: inout Negotiator) -> Bool {
        guard let answer = try? browser.answer(text, phones: 2, browsers: 1) else { return false }
        let sdp = try? SessionDescription(parsing: answer.sdp)
        #expect(sdp?.media.map(\.attributes.mid) == answer.sections.map(\.mid))
        #expect(answer.sdp.utf8.count < text.utf8.count + 1_000 + 600 * answer.sections.count)
        return true
    }
}

import ICE
import Media
import SDP
import Testing

@Suite("Offer and answer with a phone")
struct TelephoneNegotiationTests {
    private static let local = TransportAddress(ipv4: 0xC000_0201, port: 41_000)
    private static let remote = TransportAddress(ipv4: 0xC633_6401, port: 30_000)

    private func negotiation(_ codecs: [AudioCodec] = [.pcmu, .pcma]) -> TelephoneNegotiation {
        TelephoneNegotiation(local: Self.local, codecs: codecs, sessionID: 4_000)
    }

    /// A description as a phone writes it.
    private func phone(
        formats: String = "0 101", address: String = "198.51.100.1", port: Int = 30_000, lines: [String] = ["a=rtpmap:101 telephone-event/8000"],
        media: String = "audio", transport: String = "RTP/AVP"
    ) -> [UInt8] {
        let head = ["v=0", "o=- 1 1 IN IP4 \(address)", "s=-", "c=IN IP4 \(address)", "t=0 0", "m=\(media) \(port) \(transport) \(formats)"]
        return Array(((head + lines).joined(separator: "\r\n") + "\r\n").utf8)
    }

    @Test("The offer is one audio section with both laws and telephone-event, where we take it")
    func offer() throws {
        var negotiation = negotiation()
        let description = try SessionDescription(parsing: negotiation.offer())
        let section = try #require(description.media.first)
        #expect(description.media.count == 1 && section.kind == .audio && section.transport == "RTP/AVP")
        #expect(section.port == 41_000 && description.connection == ConnectionAddress(.ipv4, "192.0.2.1"))
        #expect(section.formats == ["0", "8", "101"])
        #expect(section.rtpMap(for: 101)?.encodes("telephone-event", clockRate: 8_000) == true)
        #expect(description.direction(of: section) == .sendReceive)
        #expect(section.attributes.packetTime == 20)
    }

    @Test("The answer's first codec is spoken, and all that both have are taken")
    func answer() throws {
        var negotiation = negotiation()
        _ = negotiation.offer()
        let media = try negotiation.accept(answer: phone(formats: "8 0 96", lines: ["a=rtpmap:96 telephone-event/8000"]))
        #expect(media.remote == Self.remote)
        #expect(media.remoteControl?.port == 30_001)
        #expect(media.format == PayloadFormat(payloadType: 8, codec: .pcma))
        #expect(media.accepted.map(\.codec) == [.pcma, .pcmu])
        #expect(media.telephoneEvent == 96)
        #expect(media.direction == TelephoneMedia.Direction(sends: true, receives: true) && !media.isHeld)
    }

    @Test("A trunk that is set to one law is offered only that")
    func oneCodec() throws {
        var negotiation = negotiation([.pcma, .opus])
        let section = try #require(try SessionDescription(parsing: negotiation.offer()).media.first)
        #expect(section.formats == ["8", "101"])
        #expect(throws: TelephoneNegotiationError.noCodec) { try negotiation.accept(answer: phone(formats: "0 101")) }
    }

    @Test(
        "An answer that nothing can be heard by is refused with its reason",
        arguments: [
            ("m=audio 0 RTP/AVP 0", TelephoneNegotiationError.noAudio), ("m=video 30000 RTP/AVP 0", .noAudio),
            ("m=audio 30000 RTP/SAVP 0", .noAudio), ("m=audio 30000 RTP/AVP 18", .noCodec),
            ("m=audio 30000 RTP/AVP 0\r\nc=IN IP4 phone.example.com", .unusableAddress),
            ("m=audio 30000 RTP/AVP 0\r\nc=IN IP6 2001:db8::1", .unusableAddress),
            ("m=audio 30000 RTP/AVP 0\r\nc=IN IP4 239.1.2.3", .unusableAddress),
        ])
    func refused(section: String, reason: TelephoneNegotiationError) {
        var negotiation = negotiation()
        _ = negotiation.offer()
        let answer = Array("v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n\(section)\r\n".utf8)
        #expect(throws: reason) { try negotiation.accept(answer: answer) }
        #expect(negotiation.media == nil)
    }

    @Test("What is said again is the same word for word; what changes has a higher version")
    func versions() throws {
        var negotiation = negotiation()
        let first = negotiation.offer()
        #expect(negotiation.offer() == first)
        _ = try negotiation.accept(answer: phone())
        let (held, _) = try negotiation.answer(offer: phone(lines: ["a=rtpmap:101 telephone-event/8000", "a=sendonly"]))
        let (again, _) = try negotiation.answer(offer: phone(lines: ["a=rtpmap:101 telephone-event/8000", "a=sendonly"]))
        #expect(held == again)
        let versions = try [first, held].map { try SessionDescription(parsing: $0).origin }
        #expect(versions[0].sessionID == versions[1].sessionID)
        #expect(UInt64(versions[1].version) == UInt64(versions[0].version)! + 1)
    }

    @Test(
        "A hold is answered by its mirror image, and a resume brings both ways back",
        arguments: [
            ("a=sendonly", "recvonly", false, true), ("a=recvonly", "sendonly", true, false), ("a=inactive", "inactive", false, false),
            ("a=sendrecv", "sendrecv", true, true),
        ])
    func hold(theirs: String, ours: String, sends: Bool, receives: Bool) throws {
        var negotiation = negotiation()
        _ = negotiation.offer()
        _ = try negotiation.accept(answer: phone())
        let (sdp, media) = try negotiation.answer(offer: phone(lines: [theirs]))
        #expect(sdp.contains("a=\(ours)\r\n"))
        #expect(media.direction == TelephoneMedia.Direction(sends: sends, receives: receives))
        let (_, resumed) = try negotiation.answer(offer: phone())
        #expect(resumed.direction == TelephoneMedia.Direction(sends: true, receives: true))
    }

    @Test("The old way to hold, an address of zeros, is answered and sent nothing")
    func oldHold() throws {
        var negotiation = negotiation()
        _ = negotiation.offer()
        _ = try negotiation.accept(answer: phone())
        let (sdp, media) = try negotiation.answer(offer: phone(address: "0.0.0.0"))
        #expect(media.remote == nil && media.isHeld && !media.direction.sends)
        #expect(sdp.contains("a=recvonly"))
    }

    @Test("A re-offer keeps the codec that is spoken, under the peer's own number")
    func keepsCodec() throws {
        var negotiation = negotiation()
        _ = negotiation.offer()
        _ = try negotiation.accept(answer: phone(formats: "8 101"))
        let (sdp, media) = try negotiation.answer(offer: phone(formats: "0 8 101"))
        #expect(media.format.codec == .pcma)
        #expect(sdp.contains("m=audio 41000 RTP/AVP 8 0 101\r\n"))
    }

    @Test("An offer with feedback is answered with its own profile, and so is what we say after it")
    func feedbackProfile() throws {
        var negotiation = negotiation()
        _ = negotiation.offer()
        _ = try negotiation.accept(answer: phone())
        let (sdp, _) = try negotiation.answer(offer: phone(transport: "RTP/AVPF"))
        #expect(sdp.contains("m=audio 41000 RTP/AVPF 0 101\r\n"))
        #expect(negotiation.offer().contains("m=audio 41000 RTP/AVPF "))
    }

    @Test("Sections that we do not speak are refused in their places")
    func otherSections() throws {
        var negotiation = negotiation()
        _ = negotiation.offer()
        _ = try negotiation.accept(answer: phone())
        let lines = ["a=rtpmap:101 telephone-event/8000", "m=video 40000 RTP/AVP 96", "a=rtpmap:96 VP8/90000"]
        let (sdp, _) = try negotiation.answer(offer: phone(lines: lines))
        let media = try SessionDescription(parsing: sdp).media
        #expect(media.map(\.kind) == [.audio, .video])
        #expect(media.map(\.port) == [41_000, 0])
    }

    @Test("No prefix and no single changed byte of an offer does more than be refused")
    func hostile() {
        let offer = phone(formats: "0 8 101")
        for length in offer.indices {
            var negotiation = negotiation()
            _ = try? negotiation.answer(offer: Array(offer[..<length]))
        }
        var mutated = offer
        var answered = 0
        for place in offer.indices {
            for value in stride(from: UInt8(0), through: 255, by: 5) {
                mutated[place] = value
                var negotiation = negotiation()
                if let (sdp, _) = try? negotiation.answer(offer: mutated), (try? SessionDescription(parsing: sdp)) != nil { answered += 1 }
            }
            mutated[place] = offer[place]
        }
        #expect(answered > 0)
    }
}

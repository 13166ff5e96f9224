import SDP
import Testing

@Suite struct SessionDescriptionTests {
    @Test("A Chromium offer is read with all its sections")
    func chromium() throws {
        let offer = try SessionDescription(parsing: Fixture.chromiumJoin.text())
        #expect(offer.origin.username == "-")
        #expect(offer.origin.address == ConnectionAddress(.ipv4, "127.0.0.1"))
        #expect(offer.timing == Timing())
        #expect(offer.attributes.bundle?.mids == ["0", "1", "2", "3"])
        #expect(offer.media.map(\.kind) == [.audio, .video, .audio, .audio])
        #expect(offer.media.map(\.attributes.mid) == ["0", "1", "2", "3"])
        #expect(offer.media.map { offer.direction(of: $0) } == [.sendReceive, .sendReceive, .receiveOnly, .receiveOnly])
        let microphone = offer.media[0]
        #expect(microphone.transport == "UDP/TLS/RTP/SAVPF")
        #expect(microphone.connection == .unspecified)
        #expect(microphone.payloadTypes == [111, 63, 9, 0, 8, 13, 110, 126])
        #expect(microphone.rtpMap(for: 111) == RTPMap(payloadType: 111, encoding: "opus", clockRate: 48_000, channels: 2))
        #expect(microphone.attributes.formatParameters(for: "111")?["MinPTime"] == "10")
        #expect(microphone.attributes.setup == .activePassive)
        #expect(microphone.attributes.fingerprints.map(\.bytes.count) == [32])
        #expect(microphone.attributes.isRTCPMultiplexed)
        #expect(microphone.attributes.iceOptions == ["trickle"])
        #expect(microphone.attributes.headerExtensions.map(\.id) == [1, 2, 3, 4])
        #expect(offer.media[1].attributes.rtcpFeedback.contains(RTCPFeedback(payloadType: 96, type: "nack pli")))
    }

    @Test("A Firefox offer keeps its fingerprint for the session, and port 0 with bundle-only is no rejection")
    func firefox() throws {
        let offer = try SessionDescription(parsing: Fixture.firefoxJoin.text())
        #expect(offer.attributes.fingerprints.first?.algorithm == "sha-256")
        #expect(offer.media.map(\.port) == [9, 0, 0, 0])
        #expect(offer.media.allSatisfy { !$0.isRejected })
        #expect(offer.media[0].rtpMap(for: 9)?.channels == 1)
        #expect(offer.media[0].attributes.headerExtensions[1].direction == .receiveOnly)
    }

    @Test("A phone's hold is read: a space in the user name, static payload types, a section of no format")
    func phone() throws {
        let offer = try SessionDescription(parsing: Fixture.phoneHold.text())
        #expect(offer.origin.username == "My Phone")
        #expect(offer.origin.sessionID == "3924")
        #expect(offer.origin.version == "3925")
        #expect(offer.name == "SIP Call")
        #expect(offer.connection?.host == "192.0.2.14")
        let audio = offer.media[0]
        #expect(audio.connection?.host == "192.0.2.15")
        #expect(audio.payloadTypes.map { audio.rtpMap(for: $0)?.encoding } == ["G722", "PCMA", "PCMU", "G729", "telephone-event"])
        #expect(audio.attributes.packetTime == 20)
        #expect(audio.attributes.maximumPacketTime == 150)
        #expect(audio.attributes.formatParameters(for: "101")?.parameters == [.init("0-15")])
        #expect(offer.direction(of: audio) == .sendOnly)
        #expect(offer.media[1].isRejected)
        #expect(offer.media[1].formats == [])
    }

    @Test("What is written is read again as the same", arguments: Fixture.allCases)
    func roundTrip(_ fixture: Fixture) throws {
        let once = try SessionDescription(parsing: fixture.text())
        var again = try SessionDescription(parsing: once.text)
        if fixture == .phoneHold { again.media[1].formats = [] }  // The grammar wants one, so one is written.
        #expect(again == once)
    }

    @Test("Browsers' own text comes out again byte for byte, but for a space after a colon", arguments: [Fixture.chromiumRecycled, .chromiumSpeak])
    func verbatim(_ fixture: Fixture) throws {
        let text = try fixture.text().replacing("semantic: ", with: "semantic:")
        #expect(try SessionDescription(parsing: text).text == text)
    }

    @Test("Lines may end in LF alone, and the last may not end at all")
    func lineEnds() throws {
        let text = try Fixture.chromiumJoin.text()
        let unix = text.replacing("\r\n", with: "\n")
        let expected = try SessionDescription(parsing: text)
        #expect(try SessionDescription(parsing: unix) == expected)
        #expect(try SessionDescription(parsing: String(unix.dropLast())) == expected)
        #expect(try SessionDescription(parsing: text + "\r\n\r\n") == expected)
    }

    @Test("The session's direction counts for a section that has none")
    func inheritedDirection() throws {
        let text = "v=0\no=- 1 1 IN IP6 ::1\ns=-\nt=0 0\na=recvonly\nm=audio 9 RTP/AVP 0\nm=audio 9 RTP/AVP 0\na=sendonly\n"
        let offer = try SessionDescription(parsing: text)
        #expect(offer.media.map { offer.direction(of: $0) } == [.receiveOnly, .sendOnly])
        #expect(offer.origin.address == ConnectionAddress(.ipv6, "::1"))
    }

    @Test(
        "A fault is told with its line",
        arguments: [
            ("", .incomplete(line: 0)),
            ("v=0\n", .incomplete(line: 1)),
            ("s=-\n", .misplaced(line: 1, type: "s")),
            ("v=1\n", .unsupportedVersion(line: 1)),
            ("v=0\ns=-\n", .misplaced(line: 2, type: "s")),
            ("v=0\no=- 1 1 IN IP4\n", .malformed(line: 2, type: "o")),
            ("v=0\no=- 1 1 ATM NSAP x\n", .malformed(line: 2, type: "o")),
            (start + "\n\nt=0\n", .malformed(line: 6, type: "t")),
            (start + "t=0 18446744073709551616\n", .malformed(line: 4, type: "t")),
            (start + "t=0 +1\n", .malformed(line: 4, type: "t")),
            (start + "x=1\n", .misplaced(line: 4, type: "x")),
            (start + "hello\n", .notALine(line: 4)),
            (start + "a\n", .notALine(line: 4)),
            (start + "a=:x\n", .malformed(line: 4, type: "a")),
            (start + "a=mid:0\ra=evil\n", .controlCharacter(line: 4)),
            (start + "a=\u{0}\n", .controlCharacter(line: 4)),
            (start + "m=audio 65536 RTP/AVP 0\n", .malformed(line: 4, type: "m")),
            (start + "m=audio -1 RTP/AVP 0\n", .malformed(line: 4, type: "m")),
            (start + "m=audio 9 RTP/AVP\n", .malformed(line: 4, type: "m")),
            (start + "m=audio 9 RTP/AVP 0\ns=late\n", .misplaced(line: 5, type: "s")),
            (start + "c=IN IP5 1.2.3.4\n", .malformed(line: 4, type: "c")),
        ] as [(String, SessionDescriptionError)])
    func faults(text: String, expected: SessionDescriptionError) {
        #expect(throws: expected) { try SessionDescription(parsing: text) }
        #expect(expected.description.hasSuffix("."))
    }

    @Test("Length, sections and formats are limited, and the limits themselves are allowed")
    func limits() throws {
        let padding = { (count: Int) in Self.start + "a=" + String(repeating: "x", count: count - Self.start.utf8.count - 2) }
        _ = try SessionDescription(parsing: padding(65_536))
        #expect(throws: SessionDescriptionError.tooLong(bytes: 65_537)) { try SessionDescription(parsing: padding(65_537)) }

        let section = "m=audio 9 RTP/AVP 0\n"
        let full = Self.start + String(repeating: section, count: 128)
        #expect(try SessionDescription(parsing: full).media.count == 128)
        #expect(throws: SessionDescriptionError.tooManySections(line: 132)) { try SessionDescription(parsing: full + section) }

        let formats = Self.start + "m=audio 9 RTP/AVP" + String(repeating: " 0", count: 256)
        #expect(try SessionDescription(parsing: formats).media[0].formats.count == 256)
        #expect(throws: SessionDescriptionError.malformed(line: 4, type: "m")) { try SessionDescription(parsing: formats + " 0") }
    }

    @Test("Bytes that are not UTF-8 are read, and a multicast suffix is dropped")
    func foreignBytes() throws {
        let bytes = Array("v=0\no=- 1 1 IN IP4 10.0.0.1\ns=M".utf8) + [0xFC] + Array("ller\nc=IN IP4 224.2.1.1/127/3\nt=0 0\n".utf8)
        let description = try SessionDescription(parsing: bytes)
        #expect(description.name == "M\u{FFFD}ller")
        #expect(description.connection == ConnectionAddress(.ipv4, "224.2.1.1"))
    }

    @Test("A value cannot begin a line of its own")
    func injection() {
        var description = SessionDescription(origin: Origin(sessionID: "1", version: "1", address: .unspecified), name: "a\r\nb")
        description.attributes.append("mid", "0\r\na=evil\n\u{0}")
        #expect(description.text == "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=ab\r\nt=0 0\r\na=mid:0a=evil\r\n")
    }

    private static let start = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\n"
}

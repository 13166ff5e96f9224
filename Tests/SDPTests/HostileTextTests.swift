import SDP
import Testing

@Suite struct HostileTextTests {
    @Test("Every length of an offer is read or refused", arguments: [Fixture.firefoxListen, .phoneHold])
    func everyLength(_ fixture: Fixture) throws {
        let bytes = Array(try fixture.text().utf8)
        var read = 0
        for length in 0...bytes.count {
            if let description = try? SessionDescription(parsing: Array(bytes[..<length])) {
                ask(description)
                read += 1
            }
        }
        #expect(read > 0)
    }

    @Test("Every byte of an offer may be another, and what is read can be written and read again")
    func everyByte() throws {
        var bytes = Array(try Fixture.phoneHold.text().utf8)
        var read = 0
        for position in bytes.indices {
            let original = bytes[position]
            for value in Self.values(for: original) {
                bytes[position] = value
                guard let description = try? SessionDescription(parsing: bytes) else { continue }
                ask(description)
                read += 1
                let again = try SessionDescription(parsing: description.text)
                #expect(again.media.count == description.media.count)
                #expect(again.media.map(\.attributes) == description.media.map(\.attributes))
            }
            bytes[position] = original
        }
        #expect(read > 1_000)
    }

    @Test("Text of nothing but line ends, signs or digits is refused at once", arguments: ["\n", "\r\n", "=", "v=0\n", " ", "9", "a=", "\u{1F4DE}"])
    func monotony(_ piece: String) {
        let text = String(repeating: piece, count: 65_536 / piece.utf8.count)
        #expect(throws: SessionDescriptionError.self) { try SessionDescription(parsing: text) }
    }

    /// What separates, what counts, what is no text, and the neighbours of what was there.
    private static func values(for original: UInt8) -> [UInt8] {
        Array("\u{0}\t\r\n =:/;9-".utf8) + [0xC3, 0xFF, original &+ 1, original ^ 0x20]
    }

    /// Asks for everything that can be asked for.
    private func ask(_ description: SessionDescription) {
        for attributes in [description.attributes] + description.media.map(\.attributes) {
            _ = (attributes.mid, attributes.bundle, attributes.msid, attributes.direction, attributes.setup, attributes.fingerprints)
            _ = (attributes.candidates, attributes.iceUfrag, attributes.icePwd, attributes.iceOptions, attributes.rtpMaps)
            _ = (attributes.rtcpFeedback, attributes.headerExtensions, attributes.sources, attributes.packetTime)
        }
        for section in description.media {
            _ = section.payloadTypes.first.map { (section.rtpMap(for: $0), section.attributes.formatParameters(for: "\($0)")) }
        }
    }
}

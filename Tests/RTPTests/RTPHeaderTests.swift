import RTP
import Testing

@Suite("RTP headers")
struct RTPHeaderTests {
    /// Two contributing sources, a one-byte-form block of MID «a1» under 3 and a level under 1, four bytes of payload, three of padding.
    static let full: [UInt8] = [
        0xB2, 0xEF, 0x12, 0x34, 0xDE, 0xAD, 0xBE, 0xEF, 0x00, 0x00, 0x00, 0x2A,
        0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x08,
        0xBE, 0xDE, 0x00, 0x02, 0x31, 0x61, 0x31, 0x00, 0x10, 0xA5, 0x00, 0x00,
        0x0A, 0x0B, 0x0C, 0x0D, 0x00, 0x00, 0x03,
    ]

    @Test("Every part of a full header is found")
    func fullHeader() throws {
        let header = try #require(readHeader(Self.full))
        #expect(header.payloadType == 111 && header.marker)
        #expect(header.sequenceNumber == 0x1234 && header.timestamp == 0xDEAD_BEEF && header.ssrc == 42)
        #expect(header.csrcCount == 2)
        #expect((0..<3).map { header.contributingSource(at: $0, in: Self.full) } == [7, 8, nil])
        #expect(header.extensions == RTPExtensionBlock(profile: 0xBEDE, range: 24..<32))
        #expect(header.payload == 32..<36)
        #expect(header.extensionElement(id: 3, in: Self.full) == 25..<27)
        #expect(header.audioLevel(id: 1, in: Self.full) == AudioLevel(attenuation: 0x25, isVoice: true))
        #expect(header.extensionElement(id: 2, in: Self.full) == nil)
        #expect(header.extensionElement(id: 0, in: Self.full) == nil)
        #expect(header.audioLevel(id: 3, in: Self.full) == nil)
    }

    @Test("A packet of padding only has an empty payload")
    func paddingOnly() {
        let packet: [UInt8] = [0xA0, 0x60, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4]
        #expect(readHeader(packet)?.payload == 12..<12)
    }

    @Test(
        "A part that does not fit, a foreign version or impossible padding makes no header",
        arguments: [
            [],
            [0x80, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0],
            [0x40, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3],
            [0x81, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0],
            [0x90, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xBE, 0xDE, 0],
            [0x90, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xBE, 0xDE, 0, 1],
            [0xA0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3],
            [0xA0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0],
            [0xA0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 2],
        ] as [[UInt8]])
    func malformed(packet: [UInt8]) {
        #expect(readHeader(packet) == nil)
    }

    @Test("The two-byte form is read: empty data, padding between, ids above 14")
    func twoByteForm() throws {
        let packet: [UInt8] = [
            0x90, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0x10, 0x05, 0, 3,
            0x20, 0x00, 0x00, 0xC8, 0x02, 0x61, 0x62, 0x01, 0x01, 0x7F, 0x00, 0x00,
        ]
        let header = try #require(readHeader(packet))
        #expect(header.extensionElement(id: 0x20, in: packet) == 18..<18)
        #expect(header.extensionElement(id: 200, in: packet) == 21..<23)
        #expect(header.audioLevel(id: 1, in: packet) == AudioLevel(attenuation: 127, isVoice: false))
    }

    @Test(
        "Element 15, element 0 with a length, and an element that does not fit end a one-byte block",
        arguments: [
            [0xF0, 0x00, 0x10, 0x01], [0x01, 0x00, 0x10, 0x01], [0x24, 0x00, 0x10, 0x01],
        ] as [[UInt8]])
    func endOfBlock(elements: [UInt8]) throws {
        let packet: [UInt8] = [0x90, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xBE, 0xDE, 0, 1] + elements
        let header = try #require(readHeader(packet))
        #expect(header.extensionElement(id: 1, in: packet) == nil)
        #expect(header.extensionElement(id: 15, in: packet) == nil)
    }

    @Test("No damage to a full packet traps or makes a part lie outside of it")
    func damage() {
        forEachDamage(Self.full) { bytes in
            guard let header = readHeader(bytes) else { return true }
            let elements = (0...255 as ClosedRange<UInt8>).compactMap { header.extensionElement(id: $0, in: bytes) }
            let block = header.extensions?.range ?? 12..<12
            return header.payload.upperBound <= bytes.count && header.payload.lowerBound >= 12
                && block.upperBound <= header.payload.lowerBound
                && elements.allSatisfy { $0.lowerBound >= block.lowerBound && $0.upperBound <= block.upperBound }
        }
    }

    @Test("Damage to a two-byte-form packet does neither")
    func damageTwoByte() {
        var packet = Self.full
        packet[20...21] = [0x10, 0x00]
        packet[24..<32] = [0x03, 0x02, 0x61, 0x31, 0x01, 0x01, 0xA5, 0x00]
        forEachDamage(packet) { bytes in
            guard let header = readHeader(bytes) else { return true }
            return (0...255 as ClosedRange<UInt8>).allSatisfy {
                (header.extensionElement(id: $0, in: bytes)?.upperBound ?? 0) <= bytes.count
            }
        }
    }

    @Test("A header is not asked about a packet that is shorter than its own")
    func foreignPacket() throws {
        let header = try #require(readHeader(Self.full))
        let short = [UInt8](Self.full[..<20])
        #expect(header.extensionElement(id: 3, in: short) == nil)
        #expect(header.contributingSource(at: 1, in: short) == 8)
        #expect(header.contributingSource(at: 1, in: Array(short[..<19])) == nil)
        #expect(header.contributingSource(at: -1, in: short) == nil)
    }
}

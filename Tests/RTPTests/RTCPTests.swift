import RTP
import Testing

@Suite("RTCP")
struct RTCPTests {
    static let info = RTCPSenderInfo(
        ssrc: 1, ntp: NTPTimestamp(rawValue: 0x1111_2222_3333_4444), rtpTimestamp: 5, packetCount: 6, octetCount: 7)
    static let block = RTCPReportBlock(
        ssrc: 8, fractionLost: 9, cumulativeLost: -10, highestSequence: 11, jitter: 12, lastSenderReport: 13,
        delaySinceLastSenderReport: 14)

    /// One of each that we write.
    static let compound: [UInt8] = {
        var bytes: [UInt8] = []
        RTCPWriter.appendSenderReport(info, blocks: [block, block], to: &bytes)
        RTCPWriter.appendReceiverReport(sender: 2, blocks: [block], to: &bytes)
        RTCPWriter.appendCanonicalName(Array("r1ng".utf8), of: 1, to: &bytes)
        RTCPWriter.appendMissing([RTCPMissing(first: 65535, following: 0x8001)], sender: 1, media: 20, to: &bytes)
        RTCPWriter.appendPictureLoss(sender: 1, media: 21, to: &bytes)
        RTCPWriter.appendFullIntra(RTCPFullIntraEntry(ssrc: 22, sequenceNumber: 3), sender: 1, to: &bytes)
        RTCPWriter.appendReceiverEstimate(bitsPerSecond: 1_500_000, sources: [23, 24], sender: 1, to: &bytes)
        RTCPWriter.appendBye(1, to: &bytes)
        return bytes
    }()

    private func packets(_ bytes: [UInt8]) -> [RTCPPacket] {
        var cursor = RTCPCursor()
        var packets: [RTCPPacket] = []
        while let packet = cursor.next(in: bytes.span) { packets.append(packet) }
        return packets
    }

    @Test("Everything that is written is read back, in order")
    func roundTrip() throws {
        let bytes = Self.compound
        let packets = packets(bytes)
        try #require(packets.count == 8)
        guard case .senderReport(Self.info, let blocks) = packets[0], case .receiverReport(2, let more) = packets[1],
            case .sourceDescription(let description) = packets[2], case .missing(1, 20, let missing) = packets[3],
            case .fullIntra(1, let intra) = packets[5], case .receiverEstimate(1, 1_500_000, let sources) = packets[6],
            case .bye(let gone) = packets[7]
        else {
            Issue.record("not what was written: \(packets)")
            return
        }
        #expect((0..<3).map { blocks.entry(at: $0, in: bytes) } == [Self.block, Self.block, nil])
        #expect(more.count == 1 && more.entry(at: 0, in: bytes) == Self.block && more.entry(at: -1, in: bytes) == nil)
        #expect(description.canonicalName(of: 1, in: bytes).map { String(decoding: bytes[$0], as: UTF8.self) } == "r1ng")
        #expect(description.canonicalName(of: 2, in: bytes) == nil)
        var lost: [UInt16] = []
        missing.forEach(in: bytes) { $0.forEach { lost.append($0) } }
        #expect(lost == [65535, 0, 15])
        #expect(packets[4] == .pictureLoss(sender: 1, media: 21))
        #expect(intra.count == 1 && intra.entry(at: 0, in: bytes) == RTCPFullIntraEntry(ssrc: 22, sequenceNumber: 3))
        #expect((0..<2).map { sources.entry(at: $0, in: bytes)?.ssrc } == [23, 24])
        #expect(gone.count == 1 && gone.entry(at: 0, in: bytes)?.ssrc == 1)
    }

    @Test("A compound as others write it is read: report without blocks, SDES of several items, BYE with a reason, padding")
    func foreignCompound() {
        let bytes: [UInt8] = [
            0x80, 201, 0, 1, 0, 0, 0, 9,
            0x82, 202, 0, 7,
            0, 0, 0, 9, 2, 1, 0x41, 1, 3, 0x78, 0x40, 0x79, 8, 0, 0, 0,
            0, 0, 0, 8, 1, 2, 0x61, 0x62, 0, 0, 0, 0,
            0x8F, 205, 0, 3, 0, 0, 0, 9, 0, 0, 0, 8, 1, 2, 3, 4,
            0x81, 204, 0, 2, 0, 0, 0, 9, 0x41, 0x42, 0x43, 0x44,
            0xA1, 203, 0, 4, 0, 0, 0, 9, 3, 0x62, 0x79, 0x65, 0, 0, 0, 0, 0, 0, 0, 8,
        ]
        let packets = packets(bytes)
        #expect(packets.count == 5)
        guard case .receiverReport(9, let none) = packets[0], case .sourceDescription(let description) = packets[1],
            case .bye(let gone) = packets[4]
        else {
            Issue.record("not what was written: \(packets)")
            return
        }
        #expect(none.count == 0)
        #expect(description.canonicalName(of: 9, in: bytes).map { String(decoding: bytes[$0], as: UTF8.self) } == "x@y")
        #expect(description.canonicalName(of: 8, in: bytes).map { String(decoding: bytes[$0], as: UTF8.self) } == "ab")
        #expect(packets[2] == .other(type: 205, format: 15) && packets[3] == .other(type: 204, format: 1))
        #expect(gone.entry(at: 0, in: bytes)?.ssrc == 9)
    }

    @Test(
        "A packet that contradicts itself is told of, and the next one is read",
        arguments: [
            [0x81, 200, 0, 6] + [UInt8](repeating: 0, count: 24), [0x81, 201, 0, 1, 0, 0, 0, 1], [0x80, 201, 0, 0], [0x82, 203, 0, 1, 0, 0, 0, 1],
            [0x81, 202, 0, 1, 0, 0, 0, 1], [0x81, 202, 0, 2, 0, 0, 0, 1, 1, 9, 1, 1], [0x81, 202, 0, 2, 0, 0, 0, 1, 1, 2, 1, 1],
            [0x81, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2], [0x81, 206, 0, 1, 0, 0, 0, 1], [0xA1, 203, 0, 1, 0, 0, 0, 4],
            [0x8F, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0x52, 0x45, 0x4D, 0x42, 1, 0, 0, 0],
        ] as [[UInt8]])
    func malformed(packet: [UInt8]) {
        let pli: [UInt8] = [0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]
        #expect(packets(packet + pli) == [.malformed(type: packet[1]), .pictureLoss(sender: 1, media: 2)])
    }

    @Test(
        "A length beyond the datagram, or a foreign version, ends the reading",
        arguments: [
            [0x80, 201, 0xFF, 0xFF, 0, 0, 0, 1], [0x80, 201, 0, 2, 0, 0, 0, 1], [0x40, 201, 0, 1, 0, 0, 0, 1],
        ] as [[UInt8]])
    func broken(packet: [UInt8]) {
        #expect(packets(packet) == [.malformed(type: 201)])
        #expect(packets([0x80, 201]) == [.malformed(type: 0)])
        #expect(packets([]).isEmpty)
    }

    @Test(
        "An estimate is kept to 18 significant bits, and a monstrous one is no limit",
        arguments: [0, 1, 0x3FFFF, 0x40000, 2_500_000, .max] as [UInt64])
    func estimate(bits: UInt64) {
        var bytes: [UInt8] = []
        RTCPWriter.appendReceiverEstimate(bitsPerSecond: bits, sources: [], sender: 1, to: &bytes)
        guard case .receiverEstimate(_, let read, _)? = packets(bytes).first else {
            Issue.record("no estimate")
            return
        }
        #expect(read <= bits && Double(read) >= Double(bits) * (1 - 1 / 131072))
        bytes[17...19] = [0xFF, 0xFF, 0xFF]
        guard case .receiverEstimate(_, .max, _)? = packets(bytes).first else {
            Issue.record("not saturated")
            return
        }
    }

    @Test("A canonical name of any length is padded to whole words", arguments: 0...300)
    func canonicalName(length: Int) throws {
        var bytes: [UInt8] = []
        RTCPWriter.appendCanonicalName([UInt8](repeating: 65, count: length), of: 1, to: &bytes)
        RTCPWriter.appendBye(1, to: &bytes)
        let packets = packets(bytes)
        guard packets.count == 2, case .sourceDescription(let description) = packets[0] else {
            Issue.record("not two packets")
            return
        }
        #expect(description.canonicalName(of: 1, in: bytes)?.count == min(length, 255))
    }

    @Test("More entries than a packet can count are left out")
    func manyEntries() {
        var bytes: [UInt8] = []
        RTCPWriter.appendReceiverReport(sender: 1, blocks: [RTCPReportBlock](repeating: Self.block, count: 40), to: &bytes)
        RTCPWriter.appendMissing([RTCPMissing](repeating: RTCPMissing(first: 1, following: 0), count: 70000), sender: 1, media: 2, to: &bytes)
        RTCPWriter.appendReceiverEstimate(bitsPerSecond: 1, sources: [UInt32](repeating: 1, count: 300), sender: 1, to: &bytes)
        let packets = packets(bytes)
        guard packets.count == 3, case .receiverReport(_, let blocks) = packets[0], case .missing(_, _, let missing) = packets[1],
            case .receiverEstimate(_, _, let sources) = packets[2]
        else {
            Issue.record("not three packets")
            return
        }
        #expect(blocks.count == 31 && missing.count == 253 && sources.count == 255)
    }

    @Test("No damage to a compound traps, loops or reads outside of it")
    func damage() {
        forEachDamage(Self.compound) { bytes in
            var cursor = RTCPCursor()
            var count = 0
            while let packet = cursor.next(in: bytes.span) {
                count += 1
                if count > bytes.count / 4 + 1 { return false }
                readAll(packet, in: bytes)
            }
            return true
        }
    }

    @Test("Random bytes behind true heads do neither", arguments: 0..<20 as Range<UInt64>)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let words = Int.random(in: 0...12, using: &random)
                bytes += [UInt8.random(in: 0x80...0xBF, using: &random), UInt8.random(in: 200...207, using: &random), 0, UInt8(words)]
                for _ in 0..<4 * words { bytes.append(Bool.random(using: &random) ? UInt8.random(in: 0...8, using: &random) : random.next()) }
            }
            let packets = packets(bytes)
            #expect(!packets.isEmpty && packets.count <= bytes.count / 4)
            for packet in packets { readAll(packet, in: bytes) }
        }
    }

    /// Reads all that the packet offers: a wrong range traps here.
    private func readAll(_ packet: RTCPPacket, in bytes: [UInt8]) {
        switch packet {
        case .senderReport(_, let blocks), .receiverReport(_, let blocks): blocks.forEach(in: bytes) { _ in }
        case .sourceDescription(let description):
            for ssrc in 0..<4 as Range<UInt32> {
                if let name = description.canonicalName(of: ssrc, in: bytes) { _ = bytes[name] }
            }
        case .bye(let sources), .receiverEstimate(_, _, let sources): sources.forEach(in: bytes) { _ in }
        case .missing(_, _, let missing): missing.forEach(in: bytes) { $0.forEach { _ in } }
        case .fullIntra(_, let entries): entries.forEach(in: bytes) { _ in }
        case .pictureLoss, .other, .malformed: break
        }
    }
}

import RTP
import Testing

@Suite("Writing RTP headers")
struct RTPHeaderWritingTests {
    @Test("A plain header is twelve bytes, appended")
    func plain() {
        var packet: [UInt8] = [9]
        RTPHeader.write(payloadType: 0x88, marker: true, sequenceNumber: 0x0102, timestamp: 0x03040506, ssrc: 0x0708090A, to: &packet)
        #expect(packet == [9, 0x80, 0x88, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    }

    @Test("All elements are written and read back")
    func allElements() throws {
        var packet: [UInt8] = []
        let extensions = RTPOutgoingExtensions(
            mid: .init(id: 4, bytes: Array("audio".utf8)), audioLevel: (14, AudioLevel(attenuation: 30, isVoice: false)),
            transportSequenceNumber: (2, 0xABCD), absoluteSendTime: (3, 0xFF12_3456))
        RTPHeader.write(payloadType: 111, marker: false, sequenceNumber: 1, timestamp: 2, ssrc: 3, extensions: extensions, to: &packet)
        let header = try #require(readHeader(packet))
        let mid = try #require(header.extensionElement(id: 4, in: packet))
        #expect(String(decoding: packet[mid], as: UTF8.self) == "audio")
        #expect(header.audioLevel(id: 14, in: packet) == AudioLevel(attenuation: 30, isVoice: false))
        #expect(header.extensionElement(id: 2, in: packet).map { Array(packet[$0]) } == [0xAB, 0xCD])
        #expect(header.extensionElement(id: 3, in: packet).map { Array(packet[$0]) } == [0x12, 0x34, 0x56])
        #expect(header.payload == packet.count..<packet.count && packet.count % 4 == 0)
    }

    @Test(
        "Elements that the one-byte form cannot carry are left out, and without any there is no block",
        arguments: [
            RTPOutgoingExtensions(), RTPOutgoingExtensions(mid: .init(id: 0, bytes: [1])), RTPOutgoingExtensions(mid: .init(id: 15, bytes: [1])),
            RTPOutgoingExtensions(mid: .init(id: 1, bytes: [])), RTPOutgoingExtensions(mid: .init(id: 1, bytes: [UInt8](repeating: 1, count: 17))),
        ])
    func noElements(extensions: RTPOutgoingExtensions) {
        var packet: [UInt8] = []
        RTPHeader.write(payloadType: 0, marker: false, sequenceNumber: 1, timestamp: 2, ssrc: 3, extensions: extensions, to: &packet)
        #expect(packet.count == 12 && packet[0] == 0x80)
    }

    @Test("In an array with room for it, a header is written in place")
    func noGrowth() {
        var packet: [UInt8] = []
        packet.reserveCapacity(64)
        let capacity = packet.capacity
        let extensions = RTPOutgoingExtensions(mid: .init(id: 1, bytes: [65]), audioLevel: (2, AudioLevel(byte: 9)))
        for number in 0..<1000 as Range<UInt16> {
            packet.removeAll(keepingCapacity: true)
            RTPHeader.write(payloadType: 0, marker: false, sequenceNumber: number, timestamp: 2, ssrc: 3, extensions: extensions, to: &packet)
        }
        #expect(packet.capacity == capacity && packet.count == 20)
    }
}

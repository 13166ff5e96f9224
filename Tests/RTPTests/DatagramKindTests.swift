import RTP
import Testing

@Suite("Telling datagrams apart")
struct DatagramKindTests {
    @Test("The first byte tells the protocol (RFC 7983)")
    func firstByte() {
        for byte in 0...255 as ClosedRange<UInt8> {
            let expected: DatagramKind =
                switch byte {
                case ...3: .stun
                case 20...63: .dtls
                case 128...191: .rtp
                default: .unknown
                }
            #expect(kind([byte, 0]) == expected)
        }
    }

    @Test("RTCP is what has a packet type of 192 to 223 (RFC 5761)")
    func secondByte() {
        for byte in 0...255 as ClosedRange<UInt8> {
            #expect(kind([0x80, byte]) == ((192...223).contains(byte) ? .rtcp : .rtp))
        }
    }

    @Test("Less than two bytes are nothing")
    func short() {
        #expect(kind(([] as [UInt8])) == .unknown)
        #expect(kind(([0] as [UInt8])) == .unknown)
    }

    @Test("G.722 counts at half its sampling rate")
    func g722() {
        #expect(StaticPayloadType(rawValue: 9)?.encodingName == "G722")
        #expect(StaticPayloadType.g722.clockRate == 8000 && StaticPayloadType.g722.samplingRate == 16000)
    }
}

/// What the first bytes of an Opus packet say without decoding it (RFC 6716, section 3).
public enum OpusPacket {
    /// Samples in `packet` at `sampleRate`; `nil` if its framing is malformed.
    ///
    /// Checks the requirements of RFC 6716, section 3.4 that bear on the duration: the frame count,
    /// the limit of 120 ms, and that the frames' lengths fit the packet.
    /// - Parameter sampleRate: 8000, 12000, 16000, 24000 or 48000 samples per second.
    public static func duration(of packet: Span<UInt8>, at sampleRate: Int) -> Int? {
        guard let (count, tics) = frames(of: packet) else { return nil }
        let total = count * tics
        guard total <= 120 * ticsPerMillisecond else { return nil }
        return sampleRate * total / (1000 * ticsPerMillisecond)
    }

    /// Durations are counted in units of 0.5 ms, because the shortest frame has 2.5 ms.
    private static let ticsPerMillisecond = 2

    private static func frames(of packet: Span<UInt8>) -> (count: Int, tics: Int)? {
        guard packet.count > 0 else { return nil }
        let tableOfContents = packet[0]
        let tics = frameTics(configuration: Int(tableOfContents >> 3))
        let body = packet.count - 1
        switch tableOfContents & 0b11 {
        case 0:
            return body <= longestFrame ? (1, tics) : nil
        case 1:
            // Two frames of equal size: [R3].
            return body % 2 == 0 && body / 2 <= longestFrame ? (2, tics) : nil
        case 2:
            // Two frames, the first one's length given: [R4].
            guard let first = length(in: packet, at: 1) else { return nil }
            let second = body - first.size - first.value
            return second >= 0 && second <= longestFrame ? (2, tics) : nil
        default:
            return countedFrames(of: packet, tics: tics)
        }
    }

    /// Code 3: a frame count byte, optional padding, equal or given lengths ([R5], [R6], [R7]).
    private static func countedFrames(of packet: Span<UInt8>, tics: Int) -> (count: Int, tics: Int)? {
        guard packet.count >= 2 else { return nil }
        let header = packet[1]
        let count = Int(header & 0x3F)
        guard count > 0, count * tics <= 120 * ticsPerMillisecond else { return nil }
        var offset = 2
        var remaining = packet.count - 2
        if header & 0x40 != 0 {
            var byte: UInt8 = 255
            while byte == 255 {
                guard offset < packet.count else { return nil }
                byte = packet[offset]
                offset += 1
                remaining -= 1 + (byte == 255 ? 254 : Int(byte))
            }
            guard remaining >= 0 else { return nil }
        }
        guard header & 0x80 != 0 else {
            return remaining % count == 0 && remaining / count <= longestFrame ? (count, tics) : nil
        }
        for _ in 1..<count {
            guard let frame = length(in: packet, at: offset) else { return nil }
            offset += frame.size
            remaining -= frame.size + frame.value
            guard remaining >= 0 else { return nil }
        }
        return remaining <= longestFrame ? (count, tics) : nil
    }

    /// RFC 6716, section 3.2.1: 0…251 in one byte, else two bytes.
    private static func length(in packet: Span<UInt8>, at offset: Int) -> (value: Int, size: Int)? {
        guard offset < packet.count else { return nil }
        let first = Int(packet[offset])
        guard first >= 252 else { return (first, 1) }
        guard offset + 1 < packet.count else { return nil }
        return (first + 4 * Int(packet[offset + 1]), 2)
    }

    /// The longest frame in bytes ([R2]).
    private static let longestFrame = 1275

    /// RFC 6716, table 2.
    private static func frameTics(configuration: Int) -> Int {
        switch configuration {
        case 0..<12:
            // SILK: 10, 20, 40, 60 ms.
            switch configuration & 3 {
            case 0: 20
            case 1: 40
            case 2: 80
            default: 120
            }
        case 12..<16:
            // Hybrid: 10, 20 ms.
            configuration & 1 == 0 ? 20 : 40
        default:
            // CELT: 2.5, 5, 10, 20 ms.
            5 << (configuration & 3)
        }
    }
}

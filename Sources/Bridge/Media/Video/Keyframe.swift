import RTP

extension VideoCodec {
    /// Whether a packet begins a picture from which a decoder can start, by what its payload says in the clear.
    ///
    /// A receiver that is switched to a stream is shown nothing before such a packet. What cannot be read is no such packet.
    /// - Parameter payload: the payload of one RTP packet.
    package func beginsKeyframe(_ payload: Span<UInt8>) -> Bool {
        switch self {
        case .vp8: Self.vp8BeginsKeyframe(payload)
        case .h264: Self.h264BeginsKeyframe(payload)
        case .vp9: Self.vp9BeginsKeyframe(payload)
        case .av1: Self.av1BeginsKeyframe(payload)
        }
    }

    /// The first packet of the first partition (RFC 7741 section 4.2), of a frame whose P bit is 0 (section 4.3).
    private static func vp8BeginsKeyframe(_ payload: Span<UInt8>) -> Bool {
        guard payload.count > 1, payload[0] & 0x10 != 0, payload[0] & 0x07 == 0 else { return false }
        var offset = 1
        if payload[0] & 0x80 != 0 {
            let extensions = payload[1]
            offset = 2
            if extensions & 0x80 != 0 {
                guard payload.count > offset else { return false }
                // A picture id of 7 or 15 bits.
                offset += payload[offset] & 0x80 != 0 ? 2 : 1
            }
            if extensions & 0x40 != 0 { offset += 1 }
            if extensions & 0x30 != 0 { offset += 1 }
        }
        guard offset < payload.count else { return false }
        return payload[offset] & 0x01 == 0
    }

    /// A sequence parameter set: alone, anywhere in a STAP-A, or as the first fragment of an FU-A (RFC 6184 section 5.4).
    private static func h264BeginsKeyframe(_ payload: Span<UInt8>) -> Bool {
        guard payload.count > 1 else { return false }
        switch payload[0] & 0x1F {
        case 7: return true
        case 24:
            // Size, unit, size, unit, …: a delimiter or a message may stand before it.
            var offset = 1
            while offset + 2 < payload.count {
                if payload[offset + 2] & 0x1F == 7 { return true }
                offset += 2 + (Int(payload[offset]) << 8 | Int(payload[offset + 1]))
            }
            return false
        case 28: return payload[1] & 0x80 != 0 && payload[1] & 0x1F == 7
        default: return false
        }
    }

    /// The first packet of a picture that is predicted from no other, of the lowest spatial layer (RFC 9628 section 4.2).
    private static func vp9BeginsKeyframe(_ payload: Span<UInt8>) -> Bool {
        guard payload.count > 1 else { return false }
        let isPredicted = payload[0] & 0x40 != 0
        let isStart = payload[0] & 0x08 != 0
        guard isStart, !isPredicted else { return false }
        guard payload[0] & 0x20 != 0 else { return true }
        var offset = 1
        if payload[0] & 0x80 != 0 { offset += payload[1] & 0x80 != 0 ? 2 : 1 }
        guard offset < payload.count else { return false }
        return payload[offset] >> 1 & 0x07 == 0
    }

    /// The first packet of a coded video sequence: the N bit of the aggregation header (RTP payload format for AV1, section 4.4).
    private static func av1BeginsKeyframe(_ payload: Span<UInt8>) -> Bool {
        payload.count > 1 && payload[0] & 0x08 != 0
    }
}

import CLibOpus

/// What the first bytes of an Opus packet say without decoding it (RFC 6716 sections 3.1 and 4.2.3).
enum OpusFrameHeader {
    /// Samples that a packet holds at `sampleRate`, all its frames together; `nil` if it is malformed.
    static func samples(in packet: UnsafeBufferPointer<UInt8>, at sampleRate: Int32) -> Int? {
        guard let start = packet.baseAddress, let length = Int32(exactly: packet.count), length > 0 else { return nil }
        let samples = opus_packet_get_nb_samples(start, length, sampleRate)
        return samples > 0 ? Int(samples) : nil
    }

    /// Whether a packet repeats the frame before it, for the case that it was lost.
    ///
    /// The low-bit-rate redundancy is announced by the LBRR flag behind the voice activity flags, one of those for each
    /// 20 ms of a SILK frame; they are the first bits of the first frame (RFC 6716 section 4.2.3). CELT has none.
    static func hasRedundancy(_ packet: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = packet.baseAddress, let tableOfContents = packet.first, tableOfContents & 0x80 == 0,
            let length = Int32(exactly: packet.count),
            let first = UInt8(exactly: clibopus_first_frame_byte(start, length))
        else { return false }
        let activityFlags = UInt8(clamping: max(1, opus_packet_get_samples_per_frame(start, 48_000) / 960))
        let isStereo = tableOfContents & 0x04 != 0
        let mid = first >> (7 - activityFlags) & 1
        let side = isStereo ? first >> (6 - 2 * activityFlags) & 1 : 0
        return mid | side == 1
    }
}

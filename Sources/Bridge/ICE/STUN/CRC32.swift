/// The checksum of ISO 3309 and Ethernet, which FINGERPRINT is made of (RFC 8489 section 14.7).
enum CRC32 {
    private static let table: [UInt32] = (0..<256 as Range<UInt32>).map { byte in
        (0..<8).reduce(byte) { value, _ in value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
    }

    /// The checksum of the bytes in `range`.
    static func checksum(_ bytes: Span<UInt8>, in range: Range<Int>) -> UInt32 {
        let table = table
        var value: UInt32 = 0xFFFF_FFFF
        for index in range {
            value = value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ bytes[index])]
        }
        return ~value
    }
}

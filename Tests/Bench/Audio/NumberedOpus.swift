/// A number in an Opus packet, where decoders do not look: in its padding (RFC 6716 section 3.2.5).
package enum NumberedOpus {
    private static let length = 4
    /// One frame, constant bit rate, padding.
    private static let oneFrameWithPadding: UInt8 = 0x41

    /// Appends `payload`, which holds one frame without padding (code 0), with `number` in it; any other is appended as it is.
    package static func append(_ payload: [UInt8], number: Int, to bytes: inout [UInt8]) {
        guard let head = payload.first, head & 0x03 == 0 else { return bytes.append(contentsOf: payload) }
        bytes.append(head | 0x03)
        bytes.append(oneFrameWithPadding)
        bytes.append(UInt8(length))
        bytes.append(contentsOf: payload.dropFirst())
        for shift in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    /// The number in a packet; `nil` if it has none.
    package static func number(in payload: ArraySlice<UInt8>) -> Int? {
        let bytes = payload.prefix(3)
        guard payload.count >= 3 + length, bytes.first.map({ $0 & 0x03 == 0x03 }) == true, bytes.dropFirst().first == oneFrameWithPadding,
            bytes.last == UInt8(length)
        else { return nil }
        return payload.suffix(length).reduce(0) { $0 << 8 | Int($1) }
    }
}

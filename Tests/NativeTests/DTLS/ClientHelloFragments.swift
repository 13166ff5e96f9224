/// Cuts a client's ClientHello as a stack with a smaller path would (RFC 6347 section 4.2.3).
enum ClientHelloFragments {
    /// The datagrams that carry the ClientHello in `datagram`, which holds nothing else, in pieces of `size` bytes.
    ///
    /// The record numbers of the pieces take the place of one: `renumber` makes room for them in all others.
    static func cut(_ datagram: [UInt8], size: Int) -> [[UInt8]] {
        let message = Array(datagram[25...])
        return stride(from: 0, to: message.count, by: size).enumerated().map { index, offset in
            let piece = message[offset..<min(offset + size, message.count)]
            var record = Array(datagram[..<25])
            record.replaceSubrange(5..<11, with: bigEndian(spread(number(of: datagram)) + index, 6))
            record.replaceSubrange(11..<13, with: bigEndian(12 + piece.count, 2))
            record.replaceSubrange(19..<22, with: bigEndian(offset, 3))
            record.replaceSubrange(22..<25, with: bigEndian(piece.count, 3))
            return record + piece
        }
    }

    static func isClientHello(_ datagram: [UInt8]) -> Bool {
        datagram.count > 25 && datagram[0] == 22 && datagram[3..<5] == [0, 0] && datagram[13] == 1
    }

    /// Spreads the numbers of all unencrypted records, so that pieces find free ones between them.
    static func renumber(_ datagram: [UInt8]) -> [UInt8] {
        var result = datagram
        var start = 0
        while start + 13 <= result.count {
            if result[start + 3..<start + 5] == [0, 0] {
                let number = result[start + 5..<start + 11].reduce(0) { $0 << 8 | Int($1) }
                result.replaceSubrange(start + 5..<start + 11, with: bigEndian(spread(number), 6))
            }
            start += 13 + (Int(result[start + 11]) << 8 | Int(result[start + 12]))
        }
        return result
    }

    static func bigEndian(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func number(of datagram: [UInt8]) -> Int { datagram[5..<11].reduce(0) { $0 << 8 | Int($1) } }

    private static func spread(_ number: Int) -> Int { number * 64 }
}

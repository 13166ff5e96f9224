/// The chunks of an SDES packet, of which only the canonical name is read (RFC 3550 section 6.5).
public struct RTCPSourceDescription: Equatable, Sendable {
    /// How many sources are described, 0–31.
    public let count: Int
    let range: Range<Int>

    private static let end: UInt8 = 0
    static let canonicalName: UInt8 = 1

    /// - Returns: `nil` unless all chunks fit and each is ended by a zero byte.
    init?(chunks count: Int, range: Range<Int>, in datagram: Span<UInt8>) {
        self.count = count
        self.range = range
        var offset = range.lowerBound
        for _ in 0..<count {
            guard let chunk = chunk(at: offset, in: datagram) else { return nil }
            offset = chunk.next
        }
    }

    /// The bytes of the canonical name (CNAME) of `ssrc` in the datagram that this was read from.
    /// - Returns: `nil` if the packet does not name it.
    public func canonicalName(of ssrc: UInt32, in datagram: Span<UInt8>) -> Range<Int>? {
        guard range.upperBound <= datagram.count else { return nil }
        var offset = range.lowerBound
        for _ in 0..<count {
            guard let chunk = chunk(at: offset, in: datagram) else { return nil }
            if chunk.ssrc == ssrc, let name = chunk.name { return name }
            offset = chunk.next
        }
        return nil
    }

    private func chunk(at start: Int, in datagram: Span<UInt8>) -> (ssrc: UInt32, name: Range<Int>?, next: Int)? {
        guard range.upperBound - start >= 8 else { return nil }
        var name: Range<Int>?
        var offset = start + 4
        while offset < range.upperBound, datagram[offset] != Self.end {
            guard offset + 1 < range.upperBound else { return nil }
            let text = offset + 2..<offset + 2 + Int(datagram[offset + 1])
            guard text.upperBound <= range.upperBound else { return nil }
            if datagram[offset] == Self.canonicalName, name == nil { name = text }
            offset = text.upperBound
        }
        // One to four zero bytes, up to the next word: counted from the packet's start, which lies on one.
        let next = offset + 4 - (offset - range.lowerBound) % 4
        guard offset < range.upperBound, next <= range.upperBound else { return nil }
        return (datagram.uint32(at: start), name, next)
    }
}

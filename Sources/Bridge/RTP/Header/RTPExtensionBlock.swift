/// The header extension of one RTP packet: its form, and where its elements lie (RFC 3550 section 5.3.1, RFC 8285).
public struct RTPExtensionBlock: Equatable, Sendable {
    /// The 16 bits that name the form of the elements.
    public var profile: UInt16
    /// The bytes of the elements, padding included.
    public var range: Range<Int>

    /// The mark of the one-byte form (RFC 8285 section 4.2).
    public static let oneByteProfile: UInt16 = 0xBEDE
    /// The mark of the two-byte form; its last four bits are the application's (RFC 8285 section 4.3).
    public static let twoByteProfile: UInt16 = 0x1000

    public init(profile: UInt16, range: Range<Int>) {
        self.profile = profile
        self.range = range
    }

    /// Finds the first element with `id` in the packet that this block was read from.
    /// - Returns: the range of its data, which may be empty in the two-byte form; `nil` if there is none,
    ///   or the block is of neither form, or it is malformed before that element.
    public func element(id: UInt8, in packet: Span<UInt8>) -> Range<Int>? {
        guard id != 0, range.upperBound <= packet.count else { return nil }
        if profile == Self.oneByteProfile { return oneByteElement(id: id, in: packet) }
        if profile & 0xFFF0 == Self.twoByteProfile { return twoByteElement(id: id, in: packet) }
        return nil
    }

    private func oneByteElement(id: UInt8, in packet: Span<UInt8>) -> Range<Int>? {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let head = packet[offset]
            offset += 1
            if head == 0 { continue }
            // 15 ends the block; an element 0 with a length is an error that ends it, too (RFC 8285 section 4.2).
            guard head >> 4 != 15, head >> 4 != 0 else { return nil }
            let end = offset + Int(head & 0x0F) + 1
            guard end <= range.upperBound else { return nil }
            if head >> 4 == id { return offset..<end }
            offset = end
        }
        return nil
    }

    private func twoByteElement(id: UInt8, in packet: Span<UInt8>) -> Range<Int>? {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let found = packet[offset]
            offset += 1
            // Here a padding byte stands alone, without a length (RFC 8285 section 4.3).
            if found == 0 { continue }
            guard offset < range.upperBound else { return nil }
            let end = offset + 1 + Int(packet[offset])
            guard end <= range.upperBound else { return nil }
            if found == id { return offset + 1..<end }
            offset = end
        }
        return nil
    }
}

extension RTPHeader {
    /// The data of the first extension element with `id`, in either form; `nil` if the packet has none.
    public func extensionElement(id: UInt8, in packet: Span<UInt8>) -> Range<Int>? {
        extensions?.element(id: id, in: packet)
    }
}

/// A range of addresses as RFC 4632 writes it: `10.0.0.0/8`, `2001:db8::/32`; an address alone is a block of one.
public struct CIDRBlock: Hashable, Sendable {
    /// The first address of the range.
    public let base: IPAddress
    /// Bits that all its addresses share: 0–32 or 0–128.
    public let length: Int

    /// The block of `length` bits that `address` lies in; a length beyond the address's own is that of the address alone.
    public init(around address: IPAddress, length: Int) {
        let bits = min(max(0, length), address.bytes.count * 8)
        let masked = address.bytes.enumerated().map { index, byte in byte & Self.mask(bits: bits - index * 8) }
        // Masking zeros the end only, so an address stays one of its kind.
        base = IPAddress(bytes: masked) ?? address
        self.length = bits
    }

    /// `nil` for anything else, also for bits that are set behind the prefix: that is a slip, and which part was meant?
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress(String($0)) }) else { return nil }
        var length = address.bytes.count * 8
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...3).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }), digits.count == 1 || digits.first != 48,
                let given = Int(parts[1]), given <= length
            else { return nil }
            length = given
        }
        let block = CIDRBlock(around: address, length: length)
        guard block.base == address else { return nil }
        self = block
    }

    public func contains(_ address: IPAddress) -> Bool {
        address.bytes.count == base.bytes.count && CIDRBlock(around: address, length: length).base == base
    }

    private static func mask(bits: Int) -> UInt8 {
        switch bits {
        case ...0: 0
        case 8...: 0xFF
        default: ~(0xFF >> UInt8(bits))
        }
    }
}

extension CIDRBlock: CustomStringConvertible {
    public var description: String { "\(base)/\(length)" }
}

extension CIDRBlock: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let block = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a CIDR block")
        }
        self = block
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

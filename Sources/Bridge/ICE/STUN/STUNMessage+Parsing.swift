/// Why bytes are no STUN message. Whatever it is, it kills the datagram and nothing else.
public enum STUNParseError: Error, Equatable, Sendable {
    /// Header, cookie or length are not those of a STUN message.
    case notSTUN
    /// Longer, or with more attributes, than anything that ICE sends.
    case tooLarge
    /// An attribute does not fit, or has a length that its type cannot have.
    case malformedAttribute(type: UInt16)
    /// FINGERPRINT is wrong: damaged on the way, or another protocol that looks like this one.
    case wrongFingerprint
}

extension STUNMessage {
    /// Bytes of the longest message that is read.
    public static let largestLength = 1500
    /// The most attributes that are read.
    public static let mostAttributes = 32

    /// Reads the message that fills `datagram` (RFC 8489 sections 5 and 14).
    ///
    /// Of equal attributes the first counts, and after MESSAGE-INTEGRITY only FINGERPRINT does. A FINGERPRINT is
    /// checked here, an integrity is not.
    public init(_ datagram: Span<UInt8>) throws(STUNParseError) {
        guard Self.hasHeader(datagram) else { throw .notSTUN }
        guard datagram.count <= Self.largestLength else { throw .tooLarge }
        let type = datagram.uint16(at: 0)
        // The two bits of the class lie between those of the method (RFC 8489 section 5, figure 3).
        kind = Kind(rawValue: UInt8(type >> 7 & 2 | type >> 4 & 1))!
        method = type & 0x000F | type >> 1 & 0x0070 | type >> 2 & 0x0F80
        transactionID = STUNTransactionID(high: datagram.uint32(at: 8), low: datagram.uint64(at: 12))

        var walk = STUNAttributeWalk()
        while let attribute = try walk.next(in: datagram) {
            try read(attribute.type, attribute.value, in: datagram)
        }
    }

    /// The fixed header, with a length that is that of the datagram.
    static func hasHeader(_ datagram: Span<UInt8>) -> Bool {
        datagram.count >= headerLength
            && datagram[0] & 0xC0 == 0
            && datagram.uint32(at: 4) == cookie
            && Int(datagram.uint16(at: 2)) == datagram.count - headerLength
            && datagram.count % 4 == 0
    }

    private mutating func read(_ type: UInt16, _ value: Range<Int>, in datagram: Span<UInt8>) throws(STUNParseError) {
        if type == STUNAttributeType.fingerprint {
            return try readFingerprint(value, in: datagram)
        }
        guard integrity == nil else { return }
        let start = value.lowerBound
        switch type {
        case STUNAttributeType.username:
            try require((1...513).contains(value.count), type)
            username = username ?? value
        case STUNAttributeType.messageIntegrity:
            try require(value.count == STUNIntegrityKey.codeLength, type)
            integrity = start - 4
        case STUNAttributeType.priority:
            try require(value.count == 4, type)
            priority = priority ?? datagram.uint32(at: start)
        case STUNAttributeType.useCandidate:
            try require(value.isEmpty, type)
            isNominating = true
        case STUNAttributeType.controlling:
            try require(value.count == 8, type)
            controlling = controlling ?? datagram.uint64(at: start)
        case STUNAttributeType.controlled:
            try require(value.count == 8, type)
            controlled = controlled ?? datagram.uint64(at: start)
        case STUNAttributeType.xorMappedAddress:
            let address = readAddress(value, in: datagram)
            try require(address != nil, type)
            mappedAddress = mappedAddress ?? address
        case STUNAttributeType.errorCode:
            try require(value.count >= 4, type)
            let (hundreds, rest) = (datagram[start + 2] & 7, datagram[start + 3])
            try require((3...6).contains(hundreds) && rest < 100, type)
            errorCode = errorCode ?? UInt16(hundreds) * 100 + UInt16(rest)
        case STUNAttributeType.mappedAddress, STUNAttributeType.unknownAttributes,
            STUNAttributeType.realm, STUNAttributeType.nonce:
            // Known, and without a meaning for a short-term credential.
            break
        default:
            if STUNAttributeType.mustBeKnown(type) { unknownRequired.append(type) }
        }
    }

    private mutating func readFingerprint(_ value: Range<Int>, in datagram: Span<UInt8>) throws(STUNParseError) {
        try require(value.count == 4 && value.upperBound == datagram.count, STUNAttributeType.fingerprint)
        let checksum = CRC32.checksum(datagram, in: 0..<value.lowerBound - 4)
        guard datagram.uint32(at: value.lowerBound) == checksum ^ Self.fingerprintMask else { throw .wrongFingerprint }
        hasFingerprint = true
    }

    /// XOR-MAPPED-ADDRESS (RFC 8489 section 14.2).
    private func readAddress(_ value: Range<Int>, in datagram: Span<UInt8>) -> TransportAddress? {
        guard value.count >= 8 else { return nil }
        let start = value.lowerBound
        let port = datagram.uint16(at: start + 2) ^ UInt16(truncatingIfNeeded: Self.cookie >> 16)
        switch (datagram[start + 1], value.count) {
        case (1, 8):
            return TransportAddress(ipv4: datagram.uint32(at: start + 4) ^ Self.cookie, port: port)
        case (2, 20):
            let mask = transactionID.addressMask
            return TransportAddress(
                ipv6High: datagram.uint64(at: start + 4) ^ mask.high, low: datagram.uint64(at: start + 12) ^ mask.low,
                port: port)
        default:
            return nil
        }
    }

    private func require(_ condition: Bool, _ type: UInt16) throws(STUNParseError) {
        guard condition else { throw .malformedAttribute(type: type) }
    }
}

extension STUNTransactionID {
    /// What an IPv6 address is XORed with: the cookie and this id (RFC 8489 section 14.2).
    var addressMask: (high: UInt64, low: UInt64) {
        (UInt64(STUNMessage.cookie) << 32 | UInt64(high), low)
    }
}

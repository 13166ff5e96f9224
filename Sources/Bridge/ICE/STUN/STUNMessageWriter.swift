/// Appends one message: its header, its attributes, then integrity and fingerprint (RFC 8489 section 5).
struct STUNMessageWriter {
    private let start: Int

    init(_ kind: STUNMessage.Kind, _ transactionID: STUNTransactionID, to bytes: inout [UInt8]) {
        start = bytes.count
        let classBits = UInt16(kind.rawValue & 2) << 7 | UInt16(kind.rawValue & 1) << 4
        bytes.append(bigEndian: STUNMessage.bindingMethod | classBits)
        bytes.append(bigEndian: 0 as UInt16)
        bytes.append(bigEndian: STUNMessage.cookie)
        bytes.append(bigEndian: transactionID.high)
        bytes.append(bigEndian: transactionID.low)
    }

    func append(_ type: UInt16, length: Int, to bytes: inout [UInt8]) {
        bytes.append(bigEndian: type)
        bytes.append(bigEndian: UInt16(length))
    }

    func append(_ type: UInt16, _ value: UInt32, to bytes: inout [UInt8]) {
        append(type, length: 4, to: &bytes)
        bytes.append(bigEndian: value)
    }

    func append(_ type: UInt16, _ value: UInt64, to bytes: inout [UInt8]) {
        append(type, length: 8, to: &bytes)
        bytes.append(bigEndian: value)
    }

    func append(_ type: UInt16, _ text: String, to bytes: inout [UInt8]) {
        append(type, length: text.utf8.count, to: &bytes)
        bytes.append(contentsOf: text.utf8)
        pad(&bytes)
    }

    func pad(_ bytes: inout [UInt8]) {
        while (bytes.count - start) % 4 != 0 { bytes.append(0) }
    }

    /// Appends MESSAGE-INTEGRITY, if there is a key, and FINGERPRINT, and sets the length.
    func finish(key: STUNIntegrityKey?, _ bytes: inout [UInt8]) {
        if let key {
            key.appendIntegrity(of: start, to: &bytes)
        }
        // The fingerprint covers the header with its final length (RFC 8489 section 14.7).
        let length = UInt16(bytes.count + 8 - start - STUNMessage.headerLength)
        bytes[start + 2] = UInt8(length >> 8)
        bytes[start + 3] = UInt8(truncatingIfNeeded: length)
        let checksum = CRC32.checksum(bytes.span, in: start..<bytes.count)
        append(STUNAttributeType.fingerprint, checksum ^ STUNMessage.fingerprintMask, to: &bytes)
    }
}

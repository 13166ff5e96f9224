import Crypto

/// The key of MESSAGE-INTEGRITY: HMAC-SHA1, which RFC 8445 uses to this day (RFC 8489 sections 9.1 and 14.5).
public struct STUNIntegrityKey: Sendable {
    /// Already keyed: a check copies it and saves the two blocks of the key.
    private let keyed: HMAC<Insecure.SHA1>

    /// Bytes of the code.
    static let codeLength = 20

    /// The short-term key: the password itself, which is of ice-chars and needs no preparation.
    public init(password: String) {
        self.init(bytes: Array(password.utf8))
    }

    /// Any key; that of a long-term credential is a hash of 16 bytes.
    public init(bytes: [UInt8]) {
        keyed = HMAC(key: SymmetricKey(data: bytes))
    }

    /// The code of the message that begins at `start` and whose MESSAGE-INTEGRITY is, or is to be, at `end`.
    ///
    /// The length in the header counts as if that attribute were the last one (RFC 8489 section 14.5).
    private func code(of message: Span<UInt8>, from start: Int, to end: Int) -> HMAC<Insecure.SHA1>.MAC {
        var code = keyed
        let length = UInt16(truncatingIfNeeded: end - start - 20 + 4 + Self.codeLength)
        message.extracting(start..<start + 2).withUnsafeBytes { code.update(data: $0) }
        withUnsafeBytes(of: length.bigEndian) { code.update(data: $0) }
        message.extracting(start + 4..<end).withUnsafeBytes { code.update(data: $0) }
        return code.finalize()
    }

    /// Appends the attribute of the message that begins at `start` and has all the others.
    func appendIntegrity(of start: Int, to bytes: inout [UInt8]) {
        let code = code(of: bytes.span, from: start, to: bytes.count)
        bytes.append(bigEndian: STUNAttributeType.messageIntegrity)
        bytes.append(bigEndian: UInt16(Self.codeLength))
        code.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// Compares in a time that does not tell how much is right.
    func isCode(at offset: Int, of message: Span<UInt8>, attribute end: Int) -> Bool {
        code(of: message, from: 0, to: end).withUnsafeBytes { expected in
            var difference: UInt8 = 0
            for index in 0..<Self.codeLength { difference |= expected[index] ^ message[offset + index] }
            return difference == 0
        }
    }
}

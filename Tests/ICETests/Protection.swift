import Crypto

/// Sets FINGERPRINT, the last eight bytes, right again. An attacker can do that, too: it needs no secret.
func fixFingerprint(_ bytes: inout [UInt8]) {
    let start = bytes.count - 8
    let checksum = crc32(bytes[..<start]) ^ 0x5354_554E
    for index in 0..<4 { bytes[start + 4 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * index)) }
}

/// Appends integrity and fingerprint to a message that has neither.
func protected(_ message: [UInt8], password: String) -> [UInt8] {
    var bytes = message
    setLength(&bytes, bytes.count + 24 - 20)
    let code = HMAC<Insecure.SHA1>.authenticationCode(for: bytes, using: SymmetricKey(data: Array(password.utf8)))
    bytes += [0x00, 0x08, 0x00, 0x14] + Array(code)
    setLength(&bytes, bytes.count + 8 - 20)
    bytes += [0x80, 0x28, 0x00, 0x04, 0, 0, 0, 0]
    fixFingerprint(&bytes)
    return bytes
}

private func setLength(_ bytes: inout [UInt8], _ length: Int) {
    bytes[2] = UInt8(length >> 8)
    bytes[3] = UInt8(length & 255)
}

/// Bit by bit, as the polynomial is written: independent of the table that is tested with it.
private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
        value ^= UInt32(byte)
        for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
    }
    return ~value
}

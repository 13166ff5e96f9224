import Crypto

/// The nonces of a server that remembers none of them: when each was made, a number of its own, and a seal over both.
struct SealedNonce: Hashable {
    /// Milliseconds of monotonic time.
    var made: UInt64
    var serial: UInt64

    init(now: Duration, using generator: inout some RandomNumberGenerator) {
        made = now.wholeMilliseconds
        serial = generator.next()
    }

    /// Opens what a client gave back.
    /// - Returns: `nil` if it is not one of ours.
    init?(_ text: String, key: SymmetricKey) {
        let bytes = Array(text.utf8)
        guard bytes.count == 64, let made = Hexadecimal.number(bytes[..<16]), let serial = Hexadecimal.number(bytes[16..<32]) else { return nil }
        self.made = made
        self.serial = serial
        guard equalInConstantTime(self.text(key: key), text) else { return nil }
    }

    func text(key: SymmetricKey) -> String {
        let content = Hexadecimal.text(made) + Hexadecimal.text(serial)
        let seal = HMAC<SHA256>.authenticationCode(for: Array(content.utf8), using: key)
        var halves: [UInt64] = [0, 0]
        for (index, byte) in seal.prefix(16).enumerated() { halves[index / 8] = halves[index / 8] << 8 | UInt64(byte) }
        return content + halves.map(Hexadecimal.text).joined()
    }
}

/// Compares in a time that depends on the lengths only.
func equalInConstantTime(_ left: String, _ right: String) -> Bool {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
}

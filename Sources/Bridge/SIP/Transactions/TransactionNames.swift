/// Names that nobody can guess, each of 96 random bits (RFC 3261 section 19.3 asks for 32).
enum TransactionNames {
    /// A branch of a request of ours (RFC 3261 section 8.1.1.7).
    static func branch(using random: inout some RandomNumberGenerator) -> String { Via.magicCookie + name(using: &random) }

    /// A tag of From or To.
    static func tag(using random: inout some RandomNumberGenerator) -> String { name(using: &random) }

    /// A Call-ID. It holds no host name, which would tell of the inside (section 8.1.1.4 leaves it out, too).
    static func callID(using random: inout some RandomNumberGenerator) -> String { name(using: &random) }

    private static func name(using random: inout some RandomNumberGenerator) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        for _ in 0..<2 {
            var bits = random.next()
            for _ in 0..<12 {
                text.append(digits[Int(bits & 15)])
                bits >>= 4
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

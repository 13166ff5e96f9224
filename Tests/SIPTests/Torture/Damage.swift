import Testing

/// Runs `check` on every prefix of `bytes` and on every byte of it with each of the 255 other values.
///
/// That nothing traps is proved by the test run going on; `check` says whether the result makes sense.
func forEachDamage(_ bytes: [UInt8], _ check: ([UInt8]) -> Bool) {
    forEachDamage(bytes, changes: { _ in 1...255 }, check)
}

/// The same for whole messages, with fewer values: every prefix, and every byte as one of each kind that the grammar tells apart, in the
/// other case, and changed in one more way, which is another one from byte to byte, so that all 255 come up in each message.
///
/// Left out are values of a kind that has been there: more letters, digits, control bytes and marks that only stand in tokens. The values
/// of single headers are still swept whole (`HostileValueTests`).
func forEachKindOfDamage(_ bytes: [UInt8], _ check: ([UInt8]) -> Bool) {
    let kinds: [UInt8] =
        Array("\0\u{1}\t\n\r \u{7F}".utf8)  // ends of lines, white space, other control bytes
        + Array("\"\\<>[]();,:=@?/&%*+-.".utf8)  // what separates, quotes or escapes somewhere
        + Array("_${aZ0".utf8)  // in tokens, in users alone, nowhere; letters and digits
        + [0x80, 0xC3, 0xF0, 0xFF]  // pieces of UTF-8, and no UTF-8
    forEachDamage(
        bytes,
        changes: { index in
            let otherCase = 0x20 as UInt8
            let another = UInt8(index * 97 % 255 + 1)
            return Set(kinds.map { $0 ^ bytes[index] } + [otherCase, another]).subtracting([0])
        }, check)
}

private func forEachDamage<Changes: Sequence<UInt8>>(_ bytes: [UInt8], changes: (Int) -> Changes, _ check: ([UInt8]) -> Bool) {
    for length in 0..<bytes.count where !check(Array(bytes[..<length])) {
        Issue.record("cut after \(length)")
    }
    var damaged = bytes
    for index in bytes.indices {
        for change in changes(index) {
            damaged[index] = bytes[index] ^ change
            if !check(damaged) { Issue.record("byte \(index) changed by \(change)") }
        }
        damaged[index] = bytes[index]
    }
}

/// The same for a text. What is no UTF-8 any more comes as a text of U+FFFD.
func forEachDamage(_ text: String, _ check: (String) -> Bool) {
    forEachDamage(Array(text.utf8)) { check(String(decoding: $0, as: UTF8.self)) }
}

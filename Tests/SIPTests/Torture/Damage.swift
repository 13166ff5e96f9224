import Testing

/// Runs `check` on every prefix of `bytes` and on every byte of it with each of the 255 other values.
///
/// That nothing traps is proved by the test run going on; `check` says whether the result makes sense.
func forEachDamage(_ bytes: [UInt8], _ check: ([UInt8]) -> Bool) {
    for length in 0..<bytes.count where !check(Array(bytes[..<length])) {
        Issue.record("cut after \(length)")
    }
    var damaged = bytes
    for index in bytes.indices {
        for change in 1...255 as ClosedRange<UInt8> {
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

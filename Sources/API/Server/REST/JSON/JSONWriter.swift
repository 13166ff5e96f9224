/// Writes JSON (RFC 8259) into a buffer, front to back: what is written is never looked at again.
///
/// Brackets are kept as a stack, since an encoder is told when something begins and not when it ends: who writes the next thing closes first
/// what lies deeper than its own place.
final class JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// How each open bracket will be closed.
    private var closings: [UInt8] = []
    /// Whether something lies in the innermost one already.
    private var hasEntries = false

    init() { bytes.reserveCapacity(1_024) }

    /// How many brackets are open.
    var depth: Int { closings.count }

    // MARK: Structure

    func openObject() { open(UInt8(ascii: "{"), UInt8(ascii: "}")) }

    func openList() { open(UInt8(ascii: "["), UInt8(ascii: "]")) }

    /// Closes brackets until `depth` are open.
    func close(to depth: Int) {
        while closings.count > depth, let closing = closings.popLast() {
            bytes.append(closing)
            // What has just been closed lies in what is around it.
            hasEntries = true
        }
    }

    /// Begins a list's next element.
    func element() { separate() }

    /// Begins an object's next member, its name in snake case.
    func member(_ name: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        appendSnakeCase(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    /// Begins an object's next member, its name as it stands.
    func member(verbatim name: String) {
        separate()
        write(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private func open(_ bracket: UInt8, _ closing: UInt8) {
        bytes.append(bracket)
        closings.append(closing)
        hasEntries = false
    }

    private func separate() {
        if hasEntries { bytes.append(UInt8(ascii: ",")) }
        hasEntries = true
    }

    // MARK: Values

    func writeNull() { bytes.append(contentsOf: "null".utf8) }

    func write(_ flag: Bool) { bytes.append(contentsOf: (flag ? "true" : "false").utf8) }

    func write(_ number: some FixedWidthInteger) {
        if number >= 0, number < 10 { return bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number)) }
        bytes.append(contentsOf: String(number).utf8)
    }

    /// - Returns: `false` for what JSON has no form for: infinity and NaN.
    func write(_ number: Double) -> Bool {
        guard number.isFinite else { return false }
        // `1`, not `1.0`: to who reads it they are the same.
        if let whole = Int64(exactly: number), abs(number) < 1e15 { write(whole) } else { bytes.append(contentsOf: number.description.utf8) }
        return true
    }

    func write(_ text: String) { bytes.appendJSONString(text) }

    /// `callerId` as `caller_id`. Names are our own: letters and digits, and no two capitals after each other.
    private func appendSnakeCase(_ name: String) {
        for byte in name.utf8 {
            if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) {
                bytes.append(UInt8(ascii: "_"))
                bytes.append(byte | 0x20)
            } else {
                bytes.append(byte)
            }
        }
    }
}

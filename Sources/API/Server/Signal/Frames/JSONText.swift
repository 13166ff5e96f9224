/// Writes JSON members in the order in which they are given: `type` comes first in every frame, which no encoder promises.
package struct JSONText {
    package private(set) var bytes: [UInt8] = []
    /// Whether the next value must be parted from the one before it.
    private var needsComma = false

    package init() { bytes.reserveCapacity(256) }

    package mutating func object(_ members: (inout JSONText) -> Void) {
        open("{")
        members(&self)
        close("}")
    }

    mutating func array<Element>(_ elements: some Sequence<Element>, _ write: (inout JSONText, Element) -> Void) {
        open("[")
        for element in elements { write(&self, element) }
        close("]")
    }

    /// The name of a member; its value follows.
    mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func member(_ name: String, _ value: String) {
        self.name(name)
        string(value)
    }

    mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        raw(value ? "true" : "false")
    }

    mutating func member(_ name: String, _ value: Int) {
        self.name(name)
        raw(String(value))
    }

    /// `null` where there is no value.
    mutating func member(_ name: String, _ value: String?) {
        self.name(name)
        if let value { string(value) } else { raw("null") }
    }

    /// `null` where there is no value.
    mutating func member(_ name: String, _ value: Int?) {
        self.name(name)
        raw(value.map(String.init) ?? "null")
    }

    mutating func string(_ text: String) {
        separate()
        bytes.appendJSONString(text)
        needsComma = true
    }

    private mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        separate()
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}

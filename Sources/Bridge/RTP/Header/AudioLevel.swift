/// How loud the sender says that a packet is (RFC 6464). A hint: the sender is free to lie.
public struct AudioLevel: Hashable, Sendable {
    /// Decibels below overload, 0 (loudest) to 127 (silence).
    public var attenuation: UInt8
    /// Whether the sender believes that this is speech.
    public var isVoice: Bool

    /// A level; `attenuation` above 127 becomes 127.
    public init(attenuation: UInt8, isVoice: Bool) {
        self.attenuation = min(attenuation, 127)
        self.isVoice = isVoice
    }

    /// The level in the one data byte of the element.
    public init(byte: UInt8) {
        attenuation = byte & 0x7F
        isVoice = byte & 0x80 != 0
    }

    /// The one data byte of the element.
    public var byte: UInt8 { attenuation | (isVoice ? 0x80 : 0) }
}

extension RTPHeader {
    /// The level that the packet carries under the negotiated `id`; `nil` if it carries none.
    public func audioLevel(id: UInt8, in packet: Span<UInt8>) -> AudioLevel? {
        guard let element = extensionElement(id: id, in: packet), element.count == 1 else { return nil }
        return AudioLevel(byte: packet[element.lowerBound])
    }
}

import RTP

// `#expect` takes its expression apart and keeps the parts, which a span forbids: these read from an array.

func readHeader(_ packet: [UInt8]) -> RTPHeader? {
    RTPHeader(packet.span)
}

func kind(_ datagram: [UInt8]) -> DatagramKind {
    DatagramKind(datagram.span)
}

extension RTPHeader {
    func contributingSource(at index: Int, in packet: [UInt8]) -> UInt32? { contributingSource(at: index, in: packet.span) }
    func extensionElement(id: UInt8, in packet: [UInt8]) -> Range<Int>? { extensionElement(id: id, in: packet.span) }
    func audioLevel(id: UInt8, in packet: [UInt8]) -> AudioLevel? { audioLevel(id: id, in: packet.span) }
}

extension RTCPEntries {
    func entry(at index: Int, in datagram: [UInt8]) -> Entry? { entry(at: index, in: datagram.span) }
    func forEach(in datagram: [UInt8], _ body: (Entry) -> Void) { forEach(in: datagram.span, body) }
}

extension RTCPSourceDescription {
    func canonicalName(of ssrc: UInt32, in datagram: [UInt8]) -> Range<Int>? { canonicalName(of: ssrc, in: datagram.span) }
}

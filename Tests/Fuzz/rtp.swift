// Compiled into one module with Sources/Bridge/RTP by scripts/fuzz: any bytes as RTP and as compound RTCP.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRTP(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    _ = DatagramKind(bytes.span)
    if let header = RTPHeader(bytes.span) {
        precondition(header.payload.upperBound <= bytes.count)
        for id: UInt8 in 0...15 { _ = header.audioLevel(id: id, in: bytes.span) }
        for index in 0..<header.csrcCount { _ = header.contributingSource(at: index, in: bytes.span) }
    }
    var cursor = RTCPCursor()
    var packets = 0
    while let packet = cursor.next(in: bytes.span) {
        packets += 1
        // Every packet takes at least its four-byte head.
        precondition(packets <= bytes.count / 4 + 1)
        if case .sourceDescription(let description) = packet { _ = description.canonicalName(of: 0, in: bytes.span) }
    }
    return 0
}

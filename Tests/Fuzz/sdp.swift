// Compiled into one module with Sources/Bridge/SDP by scripts/fuzz: what is read and written again reads the same.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSDP(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let description = try? SessionDescription(parsing: bytes) else { return 0 }
    for media in description.media {
        _ = media.attributes.direction
        _ = media.attributes.candidates
        _ = media.attributes.fingerprints
        _ = media.attributes.rtpMaps
        _ = media.attributes.headerExtensions
        _ = media.attributes.sources
        _ = media.attributes.rtcpFeedback
    }
    let text = description.text
    if let again = try? SessionDescription(parsing: text) { precondition(again.text == text) }
    return 0
}

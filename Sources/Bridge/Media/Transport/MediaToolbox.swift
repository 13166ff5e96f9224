import RTP

/// What the pure engine needs of the native libraries; the runtime brings the real ones.
///
/// Used from the room's media thread only.
public protocol MediaToolbox: AnyObject {
    /// SHA-256 of our certificate, 32 bytes, for `a=fingerprint`.
    var fingerprint: [UInt8] { get }
    /// A fresh association in the server role (RFC 5763 section 5: `setup:passive`).
    func makeDTLS() -> (any DTLSTransport)?
    func makeSRTP(_ material: SRTPKeyingMaterial) -> (any SRTPTransform)?
    /// A decoder that delivers `sampleRate` samples per second; `nil` if the codec cannot.
    func makeDecoder(_ codec: AudioCodec, sampleRate: Int) -> (any AudioDecoder)?
    func makeEncoder(_ codec: AudioCodec) -> (any AudioEncoder)?
}

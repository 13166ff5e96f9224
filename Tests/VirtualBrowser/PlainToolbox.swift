import Media
import RTP

/// A toolbox without a native library: plain handshakes, and browsers whose «Opus» is `LinearDecoder`'s.
public final class PlainToolbox: MediaToolbox {
    public let fingerprint = [UInt8](repeating: 0xB1, count: 32)
    private let isLinear: Bool
    /// What a lost sample of a browser is concealed by.
    private let conceals: Int16

    /// - Parameter isLinear: whether phones hear linear samples, too, instead of G.711.
    public init(isLinear: Bool = false, conceals: Int16 = LinearDecoder.concealed) {
        self.isLinear = isLinear
        self.conceals = conceals
    }

    public func makeDTLS() -> (any DTLSTransport)? { PlainDTLS(.server, fingerprint: fingerprint) }

    public func makeSRTP(_ material: SRTPKeyingMaterial) -> (any SRTPTransform)? { PlainSRTP() }

    public func makeDecoder(_ codec: AudioCodec, sampleRate: Int) -> (any AudioDecoder)? {
        switch codec {
        case .opus: LinearDecoder(sampleRate: sampleRate, conceals: conceals)
        case .pcmu: isLinear ? LinearDecoder(sampleRate: 8_000, conceals: conceals) : G711Decoder(.muLaw)
        case .pcma: G711Decoder(.aLaw)
        case .g722: nil
        }
    }

    public func makeEncoder(_ codec: AudioCodec) -> (any AudioEncoder)? {
        switch codec {
        case .pcmu: isLinear ? LinearEncoder() : G711Encoder(.muLaw)
        case .pcma: G711Encoder(.aLaw)
        case .opus, .g722: nil
        }
    }
}

import LibOpus
import LibSRTP
import Media
import OpenSSLDTLS
import RTP
import SpanDSP

/// The real libraries behind the pure media engine. One per media thread.
package final class NativeToolbox: MediaToolbox {
    private let certificate: DTLSCertificate

    package init(certificate: DTLSCertificate) { self.certificate = certificate }

    package var fingerprint: [UInt8] { certificate.fingerprint }

    package func makeDTLS() -> (any DTLSTransport)? { try? OpenSSLAssociation(certificate: certificate, role: .server) }

    package func makeSRTP(_ material: SRTPKeyingMaterial) -> (any SRTPTransform)? { try? LibSRTPTransform(material) }

    package func makeDecoder(_ codec: AudioCodec, sampleRate: Int) -> (any AudioDecoder)? {
        switch codec {
        case .opus: try? OpusAudioDecoder(sampleRate: sampleRate)
        case .pcmu: G711Decoder(.muLaw)
        case .pcma: G711Decoder(.aLaw)
        case .g722: G722Decoder()
        }
    }

    package func makeEncoder(_ codec: AudioCodec) -> (any AudioEncoder)? {
        switch codec {
        case .opus: nil
        case .pcmu: G711Encoder(.muLaw)
        case .pcma: G711Encoder(.aLaw)
        case .g722: G722Encoder()
        }
    }
}

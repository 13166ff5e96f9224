import Domain
import Media

extension TelephoneCodec {
    var audio: AudioCodec {
        switch self {
        case .pcmu: .pcmu
        case .pcma: .pcma
        }
    }
}

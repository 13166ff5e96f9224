import SDP

/// The video codecs that are forwarded; nothing is decoded. In the order in which a camera is asked for them: VP8 is what every browser
/// takes besides H.264 (RFC 7742 section 5).
public enum VideoCodec: String, Sendable, CaseIterable {
    case vp8
    case h264
    case vp9
    case av1

    /// Ticks of the RTP clock per second, of every video codec.
    public static let clockRate: UInt32 = 90_000

    /// The name in an `rtpmap`.
    public var encoding: String { rawValue.uppercased() }

    /// Whether these parameters are of the one form in which this codec is forwarded: whoever is in the room must be able to decode what
    /// any other sends, so it is the one that all browsers have.
    func isForwarded(with parameters: FormatParameters?) -> Bool {
        switch self {
        case .vp8: true
        // Constrained baseline (RFC 6184 section 8.1: profile 42 with the second constraint bit), NAL units of any size.
        case .h264:
            parameters?["packetization-mode"] == "1"
                && parameters?["profile-level-id"].flatMap { $0.count == 6 ? UInt32($0, radix: 16) : nil }.map {
                    $0 >> 16 == 0x42 && $0 & 0x4000 != 0
                } ?? false
        // Profile 0: eight bits, 4:2:0.
        case .vp9: parameters?["profile-id"] ?? "0" == "0"
        case .av1: parameters?["profile"] ?? "0" == "0"
        }
    }
}

/// A video codec under the numbers that one browser has for it.
public struct VideoFormat: Sendable, Equatable {
    public var payloadType: UInt8
    public var codec: VideoCodec
    /// The number under which packets are sent again (RFC 4588); `nil` if the browser has none.
    public var retransmissionType: UInt8?
    /// As the browser wrote them.
    public var parameters: FormatParameters?
    /// The feedback that the browser offers and the bridge understands, as it is written in `rtcp-fb`.
    public var feedback: [String]
}

extension OfferedSection {
    /// What the bridge forwards of the offered video: of each codec one form.
    var videoFormats: [VideoFormat] {
        guard media.kind == .video else { return [] }
        let parameters = Dictionary(media.attributes.every(FormatParameters.self).map { ($0.format, $0) }) { first, _ in first }
        let feedback = media.attributes.rtcpFeedback
        return VideoCodec.allCases.compactMap { codec in
            let map = maps.first {
                $0.encodes(codec.encoding, clockRate: VideoCodec.clockRate) && codec.isForwarded(with: parameters["\($0.payloadType)"])
            }
            guard let map else { return nil }
            return VideoFormat(
                payloadType: map.payloadType, codec: codec, retransmissionType: retransmissionType(of: map.payloadType, parameters),
                parameters: parameters["\(map.payloadType)"],
                feedback: Self.feedback.filter { type in
                    feedback.contains { $0.type == type && ($0.payloadType == nil || $0.payloadType == map.payloadType) }
                })
        }
    }

    /// RFC 4585 section 4.2, RFC 5104 section 7.1, draft-alvestrand-rmcat-remb-03 section 2.3.
    private static let feedback = ["goog-remb", "ccm fir", "nack", "nack pli"]

    /// The format that sends packets of `payloadType` again: `rtx` with that `apt` (RFC 4588 section 8.6).
    private func retransmissionType(of payloadType: UInt8, _ parameters: [String: FormatParameters]) -> UInt8? {
        media.attributes.rtpMaps.first { map in
            map.encodes("rtx", clockRate: VideoCodec.clockRate) && !(64...95).contains(map.payloadType)
                && parameters["\(map.payloadType)"]?["apt"] == "\(payloadType)"
        }?.payloadType
    }
}

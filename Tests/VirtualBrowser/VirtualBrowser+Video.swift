import Media
import RTP

/// The pictures of an offer: its own camera and screen, and sections for those of others.
public struct VideoOffer: Sendable {
    /// The payload types of an offer, each with the one that sends again after it.
    public static let vp8: UInt8 = 96
    public static let h264: UInt8 = 102
    public static let vp9: UInt8 = 98
    public static let av1: UInt8 = 45

    public var hasScreen = false
    /// Sections in which it wants to see others.
    public var receives = 0
    /// Whether it says the SSRCs of what it sends.
    public var announces = true
    public var hasH264 = true
    /// VP9 and AV1, too.
    public var hasNewer = false
    public var hasRetransmission = true

    public init() {}

    func sections(transport: [String], ssrc: UInt32) -> [(mid: String, lines: [String])] {
        var mids = [(mid: "camera", ssrc: ssrc &+ 0x1000)]
        if hasScreen { mids.append((mid: "screen", ssrc: ssrc &+ 0x2000)) }
        let seen = (0..<receives).map { (mid: "see\($0)", ssrc: 0 as UInt32) }
        return (mids + seen).map { ($0.mid, section($0.mid, sends: $0.ssrc != 0, transport: transport, ssrc: $0.ssrc)) }
    }

    private func section(_ mid: String, sends: Bool, transport: [String], ssrc: UInt32) -> [String] {
        let codecs = [Self.vp8] + (hasH264 ? [Self.h264] : []) + (hasNewer ? [Self.vp9, Self.av1] : [])
        let types = codecs.flatMap { hasRetransmission ? [$0, $0 + 1] : [$0] }.map(String.init)
        var lines = ["m=video 9 UDP/TLS/RTP/SAVPF \(types.joined(separator: " "))"] + transport
        lines += [
            "a=mid:\(mid)", "a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid",
            "a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", sends ? "a=sendonly" : "a=recvonly", "a=rtcp-mux",
            "a=rtpmap:\(Self.vp8) VP8/90000",
        ]
        if hasH264 {
            lines += [
                "a=rtpmap:\(Self.h264) H264/90000",
                "a=fmtp:\(Self.h264) level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
            ]
        }
        if hasNewer { lines += ["a=rtpmap:\(Self.vp9) VP9/90000", "a=fmtp:\(Self.vp9) profile-id=0", "a=rtpmap:\(Self.av1) AV1/90000"] }
        for codec in codecs {
            for feedback in ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"] { lines.append("a=rtcp-fb:\(codec) \(feedback)") }
            if hasRetransmission { lines += ["a=rtpmap:\(codec + 1) rtx/90000", "a=fmtp:\(codec + 1) apt=\(codec)"] }
        }
        if sends, announces {
            lines += ["a=ssrc-group:FID \(ssrc) \(ssrc &+ 1)", "a=ssrc:\(ssrc) cname:virtual", "a=ssrc:\(ssrc &+ 1) cname:virtual"]
        }
        return lines
    }
}

extension VirtualBrowser {
    /// The SSRC of its camera, or of its screen.
    public func videoSource(isScreen: Bool = false) -> UInt32 { ssrc &+ (isScreen ? 0x2000 : 0x1000) }

    /// One packet of a picture in VP8, protected; `nil` before there are keys.
    ///
    /// - Parameters:
    ///   - number: its sequence number; what it carries is made of it.
    ///   - isKeyframe: whether it is the first of a whole picture.
    ///   - repeats: whether it is sent once more, in the stream for that.
    public func film(
        _ number: UInt16, isKeyframe: Bool = false, isLast: Bool = true, isScreen: Bool = false, payloadType: UInt8 = VideoOffer.vp8,
        repeats: Bool = false, length: Int = 100
    ) -> [UInt8]? {
        guard let srtp else { return nil }
        var packet: [UInt8] = []
        let mid = RTPOutgoingExtensions.Constant(id: 3, bytes: Array((isScreen ? "screen" : "camera").utf8))
        RTPHeader.write(
            payloadType: repeats ? payloadType + 1 : payloadType, marker: isLast, sequenceNumber: repeats ? number &+ 7_000 : number,
            timestamp: 3_000 &* UInt32(number), ssrc: videoSource(isScreen: isScreen) &+ (repeats ? 1 : 0),
            extensions: RTPOutgoingExtensions(mid: mid), to: &packet)
        if repeats { packet += [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)] }
        if length > 0 { packet += Self.payload(of: number, isKeyframe: isKeyframe, payloadType: payloadType, length: length) }
        return srtp.protectRTP(&packet, from: 0) ? packet : nil
    }

    /// A VP8 or H.264 payload that says which packet it is in.
    public static func payload(of number: UInt16, isKeyframe: Bool, payloadType: UInt8 = VideoOffer.vp8, length: Int = 100) -> [UInt8] {
        let head: [UInt8] = payloadType == VideoOffer.vp8 ? [0x10, isKeyframe ? 0x10 : 0x11] : [isKeyframe ? 0x67 : 0x61, 0x42]
        return head + [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)] + [UInt8](repeating: 0xAB, count: max(length - 4, 0))
    }

    /// A compound RTCP packet, protected.
    public func control(_ build: (_ bytes: inout [UInt8], _ sender: UInt32) -> Void) -> [UInt8]? {
        guard let srtp else { return nil }
        var packet: [UInt8] = []
        RTCPWriter.appendReceiverReport(sender: ssrc, to: &packet)
        build(&packet, ssrc)
        return srtp.protectRTCP(&packet, from: 0) ? packet : nil
    }
}

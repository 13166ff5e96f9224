import ICE
import SDP

/// The offers of a page, in the shape of Chromium's: microphone, camera, two sections to receive in, and more when they are asked for.
struct BrowserOffer: Sendable {
    static let opus: UInt8 = 111
    static let vp8: UInt8 = 96
    static let audioLevelID: UInt8 = 1
    static let midID: UInt8 = 4
    static let microphone = "0"
    static let camera = "1"

    let local: ICECredentials
    let ssrc: UInt32
    /// Of the camera; `nil` where it is not offered.
    let cameraSSRC: UInt32?
    private let retransmissionSSRC: UInt32
    private let fingerprint: String
    private let sessionID: UInt64
    /// Written in each offer's `o=` line.
    private var version = 2
    /// Media of the receive sections, in the order of the description.
    private var receiving: [Kind] = [.audio, .audio]

    private enum Kind { case audio, video }

    /// - Parameter hasCamera: whether the camera's section is `sendonly`, as a page has it, or `inactive`.
    init(fingerprint: [UInt8], hasCamera: Bool = false, random: inout some RandomNumberGenerator) {
        local = ICECredentials(random: &random)
        ssrc = .random(in: 1 ... .max, using: &random)
        cameraSSRC = hasCamera ? .random(in: 1 ... .max, using: &random) : nil
        retransmissionSSRC = .random(in: 1 ... .max, using: &random)
        sessionID = .random(in: 1 ... .max >> 1, using: &random)
        self.fingerprint = Fingerprint(bytes: fingerprint).value
    }

    /// Adds what is missing of receive sections.
    /// - Returns: whether something was; then there is a new offer.
    mutating func addSections(audio: Int, video: Int) -> Bool {
        let before = receiving.count
        for (kind, wanted) in [(Kind.audio, audio), (.video, video)] {
            let present = receiving.count { $0 == kind }
            if present < wanted { receiving += Array(repeating: kind, count: wanted - present) }
        }
        guard receiving.count > before else { return false }
        version += 1
        return true
    }

    var text: String {
        let mids = (0..<receiving.count + 2).map(String.init).joined(separator: " ")
        let session = [
            "v=0", "o=- \(sessionID) \(version) IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE \(mids)", "a=extmap-allow-mixed",
            "a=msid-semantic: WMS",
        ]
        let source = ["a=msid:- microphone", "a=ssrc:\(ssrc) cname:bench"]
        var lines = session + [Self.audioLine] + transport + ["a=mid:\(Self.microphone)"] + Self.audioExtensions + ["a=sendrecv"]
        lines += Self.audioFormats + source
        lines += [Self.videoLine] + transport + ["a=mid:\(Self.camera)"] + Self.videoExtensions + cameraLines
        for (index, kind) in receiving.enumerated() {
            switch kind {
            case .audio:
                lines += [Self.audioLine] + transport + ["a=mid:\(index + 2)"] + Self.audioExtensions + ["a=recvonly"] + Self.audioFormats
            case .video:
                lines += [Self.videoLine] + transport + ["a=mid:\(index + 2)"] + Self.videoExtensions + ["a=recvonly"] + Self.videoFormats
            }
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    private var transport: [String] {
        [
            "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0", "a=ice-ufrag:\(local.ufrag)", "a=ice-pwd:\(local.password)", "a=ice-options:trickle",
            "a=fingerprint:\(fingerprint)", "a=setup:actpass",
        ]
    }

    private var cameraLines: [String] {
        guard let cameraSSRC else { return ["a=inactive"] + Self.videoFormats }
        return ["a=sendonly"] + Self.videoFormats + [
            "a=msid:- camera", "a=ssrc-group:FID \(cameraSSRC) \(retransmissionSSRC)", "a=ssrc:\(cameraSSRC) cname:bench",
            "a=ssrc:\(retransmissionSSRC) cname:bench",
        ]
    }

    private static let audioLine = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126"
    private static let audioExtensions = [
        "a=extmap:\(audioLevelID) urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
        "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
        "a=extmap:\(midID) urn:ietf:params:rtp-hdrext:sdes:mid",
    ]
    private static let audioFormats = [
        "a=rtcp-mux", "a=rtcp-rsize", "a=rtpmap:\(opus) opus/48000/2", "a=rtcp-fb:\(opus) transport-cc", "a=fmtp:\(opus) minptime=10;useinbandfec=1",
        "a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111", "a=rtpmap:9 G722/8000", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:13 CN/8000", "a=rtpmap:110 telephone-event/48000", "a=rtpmap:126 telephone-event/8000",
    ]
    private static let videoLine = "m=video 9 UDP/TLS/RTP/SAVPF \(vp8) 97"
    private static let videoExtensions = ["a=extmap:\(midID) urn:ietf:params:rtp-hdrext:sdes:mid"]
    /// No transport-wide feedback: the generator sends none, and says by REMB what it can take.
    private static let videoFormats = [
        "a=rtcp-mux", "a=rtcp-rsize", "a=rtpmap:\(vp8) VP8/90000", "a=rtcp-fb:\(vp8) goog-remb", "a=rtcp-fb:\(vp8) nack",
        "a=rtcp-fb:\(vp8) nack pli", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=\(vp8)",
    ]
}

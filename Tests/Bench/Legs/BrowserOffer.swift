import ICE
import SDP

/// The offer of a page at join, in the shape of Chromium's: microphone, camera that is off, two sections to receive in.
struct BrowserOffer {
    static let opus: UInt8 = 111
    static let audioLevelID: UInt8 = 1
    static let midID: UInt8 = 4
    static let microphone = "0"

    let local: ICECredentials
    let ssrc: UInt32
    let text: String

    init(fingerprint: [UInt8], random: inout some RandomNumberGenerator) {
        local = ICECredentials(random: &random)
        ssrc = .random(in: 1 ... .max, using: &random)
        let transport = [
            "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0", "a=ice-ufrag:\(local.ufrag)", "a=ice-pwd:\(local.password)", "a=ice-options:trickle",
            "a=fingerprint:\(Fingerprint(bytes: fingerprint).value)", "a=setup:actpass",
        ]
        let session = [
            "v=0", "o=- \(UInt64.random(in: 1 ... .max >> 1, using: &random)) 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1 2 3",
            "a=extmap-allow-mixed", "a=msid-semantic: WMS",
        ]
        let source = ["a=msid:- microphone", "a=ssrc:\(ssrc) cname:bench"]
        let lines =
            session
            + [Self.audioLine] + transport + ["a=mid:\(Self.microphone)"] + Self.audioExtensions + ["a=sendrecv"] + Self.audioFormats + source
            + [Self.videoLine] + transport + ["a=mid:1", "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid", "a=inactive"] + Self.videoFormats
            + [Self.audioLine] + transport + ["a=mid:2"] + Self.audioExtensions + ["a=recvonly"] + Self.audioFormats
            + [Self.audioLine] + transport + ["a=mid:3"] + Self.audioExtensions + ["a=recvonly"] + Self.audioFormats
        text = lines.joined(separator: "\r\n") + "\r\n"
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
    private static let videoLine = "m=video 9 UDP/TLS/RTP/SAVPF 96 97"
    private static let videoFormats = [
        "a=rtcp-mux", "a=rtcp-rsize", "a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 transport-cc", "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli",
        "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96",
    ]
}

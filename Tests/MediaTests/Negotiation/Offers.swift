import Foundation
import Media

/// Offers that browsers really made; those of one browser that are named after another belong to one RTCPeerConnection.
enum BrowserOffer: String, CaseIterable {
    case chromiumJoin = "chromium-join"
    case chromiumMoreSections = "chromium-more-sections"
    case chromiumRestart = "chromium-ice-restart"
    case chromiumStopped = "chromium-stopped-and-data"
    case chromiumRecycled = "chromium-recycled"
    case chromiumListen = "chromium-listen"
    case chromiumSpeak = "chromium-speak"
    case firefoxJoin = "firefox-join"
    case firefoxMoreSections = "firefox-more-sections"
    case firefoxListen = "firefox-listen"

    func text() throws -> String {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: tests.appending(path: "SDPTests/Fixtures/\(rawValue).sdp"), encoding: .utf8)
    }
}

/// A negotiation with the bridge's end as it is in all these tests.
struct Negotiator {
    var negotiation = BrowserNegotiation()
    var generator = CountingGenerator()

    static let local = LocalTransport(
        ufrag: "bridge", pwd: "0123456789abcdefghijklmn", fingerprint: Array(0..<32),
        candidateLines: ["candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host", "a=candidate:2 1 udp 2130706175 2001:db8::1 40000 typ host"])

    mutating func answer(_ offer: String, phones: Int = 1, browsers: Int = 0) throws(NegotiationError) -> NegotiatedAnswer {
        try negotiation.answer(offer, local: Self.local, demand: SectionDemand(phones: phones, browsers: browsers), using: &generator)
    }

    mutating func answer(_ offer: BrowserOffer, phones: Int = 1, browsers: Int = 0) throws -> NegotiatedAnswer {
        try answer(offer.text(), phones: phones, browsers: browsers)
    }
}

/// 1001, 1002, …: what it gave can be told in a test.
struct CountingGenerator: RandomNumberGenerator {
    var last: UInt64 = 1000

    mutating func next() -> UInt64 {
        last += 1
        return last
    }
}

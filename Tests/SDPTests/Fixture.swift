import Foundation

/// Descriptions as browsers and phones sent them, byte for byte.
enum Fixture: String, CaseIterable {
    case chromiumJoin = "chromium-join"
    case chromiumListen = "chromium-listen"
    case chromiumMoreSections = "chromium-more-sections"
    case chromiumRestart = "chromium-ice-restart"
    case chromiumStopped = "chromium-stopped-and-data"
    case chromiumRecycled = "chromium-recycled"
    case chromiumSpeak = "chromium-speak"
    case firefoxJoin = "firefox-join"
    case firefoxListen = "firefox-listen"
    case firefoxMoreSections = "firefox-more-sections"
    case phoneHold = "phone-hold"

    func text() throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(rawValue).sdp")
        return try String(contentsOf: file, encoding: .utf8)
    }
}

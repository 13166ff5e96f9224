import Foundation

/// Times as the outside sees them.
enum Timestamp {
    /// RFC 3339 in UTC, to the second, from milliseconds since 1970.
    static func rfc3339(milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
    }

    /// Reads RFC 3339, with or without a fraction of a second; `nil` for anything else and for years that nobody means.
    static func milliseconds(rfc3339 text: String) -> Int64? {
        guard (20...40).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        let plain = Date.ISO8601FormatStyle()
        guard let date = (try? plain.parse(text)) ?? (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)),
            (0..<253_402_300_800).contains(date.timeIntervalSince1970)
        else { return nil }
        return Int64((date.timeIntervalSince1970 * 1000).rounded())
    }
}

import Foundation

/// Times as the outside sees them.
enum Timestamp {
    /// RFC 3339 in UTC, to the second, from milliseconds since 1970.
    static func rfc3339(milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
    }
}

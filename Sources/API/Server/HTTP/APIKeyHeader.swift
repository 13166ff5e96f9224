/// `Authorization: Bearer ak_…`
enum APIKeyHeader {
    /// The secret, if the header has the form of one: `ak_` and 32 hex digits.
    static func key(in authorization: String) -> String? {
        let parts = authorization.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].hasPrefix("ak_"), parts[1].utf8.count == 35 else { return nil }
        guard parts[1].utf8.dropFirst(3).allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
        return String(parts[1])
    }
}

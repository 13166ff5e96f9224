import Store

/// The strong ETag of a row: `"v3"` for its third version (RFC 9110 section 8.8.3).
package enum EntityTag {
    package static func text(_ version: Int64) -> String { "\"v\(version)\"" }

    /// Reads an `If-Match`: `*` or a list of tags. A tag that is not ours matches no row; `nil` for what is no list of tags.
    package static func condition(_ header: String) -> VersionCondition? {
        if header == "*" { return .any }
        let tags = header.split(separator: ",", omittingEmptySubsequences: false).map { $0.drop { $0 == " " } }
        guard (1...32).contains(tags.count) else { return nil }
        var versions: Set<Int64> = []
        for tag in tags {
            let tag = String(tag.reversed().drop { $0 == " " }.reversed())
            // A weak tag never matches strongly (RFC 9110 section 8.8.3.2).
            if tag.hasPrefix("W/\"") { continue }
            guard tag.count >= 2, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return nil }
            if let version = Int64(tag.dropFirst(2).dropLast()), text(version) == tag { versions.insert(version) }
        }
        return .oneOf(versions)
    }

    /// Whether an `If-None-Match` names `tag`: the weak comparison (RFC 9110 section 13.1.2).
    static func isKnown(_ tag: String, by header: String) -> Bool {
        header.split(separator: ",").contains { element in
            let text = String(element.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            return text == "*" || text == tag || text == "W/" + tag
        }
    }
}

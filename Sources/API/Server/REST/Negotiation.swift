import HTTPTypes

/// What a client takes, by its `Accept` and `Accept-Encoding` (RFC 9110 section 12.5).
package enum Negotiation {
    /// Whether `Accept` takes a type such as `application/json`. Without the header everything is taken; the most specific range decides.
    package static func accepts(_ type: String, _ header: String?) -> Bool {
        guard let header else { return true }
        let kind = type.prefix { $0 != "/" } + "/*"
        var best: (rank: Int, isTaken: Bool)?
        for range in ranges(header) {
            let rank = range.name == type ? 3 : range.name == kind ? 2 : range.name == "*/*" ? 1 : 0
            if rank > best?.rank ?? 0 { best = (rank, range.isTaken) }
        }
        return best?.isTaken ?? false
    }

    /// Whether `Accept-Encoding` takes gzip. Without the header nothing is compressed.
    package static func acceptsGzip(_ header: String?) -> Bool {
        guard let header else { return false }
        let codings = ranges(header)
        if let named = codings.first(where: { $0.name == "gzip" || $0.name == "x-gzip" }) { return named.isTaken }
        return codings.first { $0.name == "*" }?.isTaken ?? false
    }

    /// The elements of a list with weights; `q=0` means «not this». More than anybody sends are not looked at.
    private static func ranges(_ header: String) -> [(name: String, isTaken: Bool)] {
        header.split(separator: ",").prefix(64).map { element in
            let parts = element.split(separator: ";").map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return (parts.first ?? "", weight > 0)
        }
    }
}

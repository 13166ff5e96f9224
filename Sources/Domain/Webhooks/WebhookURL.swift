/// Where an endpoint is: an absolute `https` URL without user, password or fragment; `http` only for targets that the operator allowed.
public struct WebhookURL: Hashable, Sendable {
    public let text: String
    public let isEncrypted: Bool
    /// Lowercase; an IPv6 address without its brackets.
    public let host: String

    public static let maximumBytes = 2_048

    /// Why a text is no usable URL, each with what to do about it.
    public enum Refusal: Error, Sendable, Equatable, CaseIterable {
        case malformed, notHTTPS, userInfo, fragment, internationalHost, notPublic

        /// One sentence for who set it.
        public var sentence: String {
            switch self {
            case .malformed: "Write an absolute URL such as https://crm.example.com/ringlink, at most 2048 characters of ASCII."
            case .notHTTPS: "Webhooks are sent by https only; http is possible for addresses that the operator lists in webhooks.allow_targets."
            case .userInfo: "The URL must not hold a user or a password. Verify the signature instead."
            case .fragment: "The URL must not hold a fragment (#…)."
            case .internationalHost: "Write the host in its ASCII form (xn--…)."
            case .notPublic: "This is not a public address. The operator can allow it in webhooks.allow_targets."
            }
        }
    }

    /// Checks what can be known without a look-up. What the name resolves to is judged when it is connected to.
    public init(_ text: String, policy: EgressPolicy) throws(Refusal) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumBytes else { throw .malformed }
        guard let colon = bytes.firstRange(of: Array("://".utf8)) else { throw .malformed }
        switch String(decoding: bytes[..<colon.lowerBound], as: UTF8.self).lowercased() {
        case "https": isEncrypted = true
        case "http": isEncrypted = false
        default: throw .notHTTPS
        }
        let rest = bytes[colon.upperBound...]
        let end = rest.firstIndex { [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0) } ?? rest.endIndex
        let authority = rest[..<end]
        guard !rest[end...].contains(UInt8(ascii: "#")) else { throw .fragment }
        guard !authority.contains(UInt8(ascii: "@")) else { throw .userInfo }
        guard authority.allSatisfy({ $0 < 0x80 }) else { throw .internationalHost }
        // Readers differ on everything that is not plain visible ASCII, and on backslashes.
        guard rest.allSatisfy({ (0x21...0x7E).contains($0) && !Self.ambiguous.contains($0) }) else { throw .malformed }
        guard let host = Self.host(of: String(decoding: authority, as: UTF8.self).lowercased()) else { throw .malformed }
        self.host = host
        self.text = text

        if let address = IPAddress(host) ?? Self.loopback(host) {
            switch policy.refusal(of: address, isEncrypted: isEncrypted) {
            case .notPublic: throw .notPublic
            case .notEncrypted: throw .notHTTPS
            case nil: break
            }
        } else if !isEncrypted, policy.allowed.isEmpty {
            throw .notHTTPS
        }
    }

    private static let ambiguous = Set("\\\"<>^`{|}".utf8)

    /// The host of `host[:port]`, if both are well-formed.
    private static func host(of authority: String) -> String? {
        var host = authority[...]
        var port: Substring?
        if host.hasPrefix("[") {
            guard let close = host.firstIndex(of: "]") else { return nil }
            let tail = host[host.index(after: close)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { return nil }
            port = tail.isEmpty ? nil : tail.dropFirst()
            host = host[host.index(after: host.startIndex)..<close]
            guard host.contains(":"), IPAddress(String(host)) != nil else { return nil }
        } else {
            if let colon = host.firstIndex(of: ":") {
                port = host[host.index(after: colon)...]
                host = host[..<colon]
            }
            guard isName(host) else { return nil }
        }
        if let port {
            guard (1...5).contains(port.utf8.count), port.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(port),
                (1...65_535).contains(number)
            else { return nil }
        }
        return String(host)
    }

    /// A DNS name, or an IPv4 address in its one form: `127.1`, `0x7f.1` and `2130706433` are addresses to some readers, so they are none here.
    private static func isName(_ host: Substring) -> Bool {
        guard (1...253).contains(host.utf8.count) else { return false }
        var labels = host.split(separator: ".", omittingEmptySubsequences: false)
        // The root's dot at the end.
        if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
        for label in labels {
            guard (1...63).contains(label.utf8.count), !label.hasPrefix("-"), !label.hasSuffix("-"),
                label.utf8.allSatisfy({ $0.isUnreserved && $0 != UInt8(ascii: "~") })
            else { return false }
        }
        guard let last = labels.last?.utf8 else { return false }
        let isNumeric = last.allSatisfy { (48...57).contains($0) } || last.starts(with: "0x".utf8)
        return !isNumeric || IPAddress(String(host))?.isIPv4 == true
    }

    /// RFC 6761 section 6.3: `localhost` is loopback, whoever is asked.
    private static func loopback(_ host: String) -> IPAddress? {
        let name = host.hasSuffix(".") ? host.dropLast() : host[...]
        return name == "localhost" || name.hasSuffix(".localhost") ? IPAddress("127.0.0.1") : nil
    }
}

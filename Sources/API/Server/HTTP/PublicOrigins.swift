import Foundation

/// An origin as browsers write it: scheme, host and port (RFC 6454), without a default port.
package struct WebOrigin: Sendable, Hashable {
    package let isSecure: Bool
    /// Host in lower case, with the port if it is not the scheme's own; an IPv6 address in brackets. What `Host` says.
    package let authority: String

    /// Reads `https://phone.example.com` or `http://[::1]:8080/`; `nil` for anything with a path, a query or a user.
    package init?(_ text: String) {
        guard let url = URLComponents(string: text), let scheme = url.scheme?.lowercased(), scheme == "http" || scheme == "https",
            let host = url.host?.lowercased(), !host.isEmpty,
            url.path.isEmpty || url.path == "/", url.query == nil, url.fragment == nil, url.user == nil, url.password == nil
        else { return nil }
        self.init(isSecure: scheme == "https", host: host, port: url.port)
    }

    package init(isSecure: Bool, host: String, port: Int?) {
        self.isSecure = isSecure
        let bare = host.lowercased()
        let shown = bare.contains(":") && !bare.hasPrefix("[") ? "[\(bare)]" : bare
        let isDefault = port == nil || port == (isSecure ? 443 : 80)
        authority = isDefault ? shown : "\(shown):\(port ?? 0)"
    }

    package var text: String { (isSecure ? "https://" : "http://") + authority }
    package var webSocketText: String { (isSecure ? "wss://" : "ws://") + authority }

    /// A `Host` header means this origin, also when it spells out the default port.
    package func matches(host: String) -> Bool {
        let host = host.lowercased()
        return host == authority || host == authority + (isSecure ? ":443" : ":80")
    }
}

/// Where this server is reached, and who may embed its pages.
package struct PublicOrigins: Sendable {
    /// The first is used in links.
    package let own: [WebOrigin]
    package let embedding: [WebOrigin]

    package init(own: [WebOrigin], embedding: [WebOrigin] = []) {
        self.own = own
        self.embedding = embedding
    }

    package func allows(origin: String) -> Bool {
        guard let origin = WebOrigin(origin) else { return false }
        return own.contains(origin) || embedding.contains(origin)
    }

    package func allows(host: String) -> Bool { own.contains { $0.matches(host: host) } }
}

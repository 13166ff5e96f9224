extension IPAddress {
    /// What FraudGuard counts as one address: of IPv6 the /64, within which a subscriber takes any address that it likes.
    public var countedAddress: String { isIPv4 ? description : CIDRBlock(around: self, length: 64).description }
    /// What it counts as one network: /24 of IPv4, and of IPv6 the /56 that a site is given.
    public var countedNetwork: String { CIDRBlock(around: self, length: isIPv4 ? 24 : 56).description }

    /// Whose request it is: the socket's peer, or, behind our own proxies, the rightmost hop that is none of them.
    ///
    /// - Parameters:
    ///   - forwardedFor: The values of all `X-Forwarded-For` fields in their order; each hop was appended at the right.
    ///   - trusted: The proxies whose word counts. From anybody else the header says nothing: everybody can write one.
    public static func client(peer: IPAddress, forwardedFor: [String], trusted: [CIDRBlock]) -> IPAddress {
        func isTrusted(_ address: IPAddress) -> Bool { trusted.contains { $0.contains(address) } }
        guard isTrusted(peer) else { return peer }
        var client = peer
        // More hops than any honest chain has are not looked at.
        for hop in forwardedFor.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }).suffix(64).reversed() {
            // What a trusted proxy wrote and we cannot read: the proxy itself is the last one that is known.
            guard let address = IPAddress(hop: hop) else { return client }
            client = address
            if !isTrusted(address) { return address }
        }
        return client
    }

    /// One element of `X-Forwarded-For`: an address, perhaps with a port (and then brackets around IPv6).
    private init?(hop: Substring) {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        var text = hop.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        if text.first == "[" {
            text = text.dropFirst().prefix { $0 != "]" }
        } else if text.count(where: { $0 == ":" }) == 1 {
            text = text.prefix { $0 != ":" }
        }
        self.init(String(text))
    }
}

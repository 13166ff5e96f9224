import Foundation
import Linux

/// Whether others can reach what is served: addresses, and https where a microphone needs it.
struct ReachCheck {
    let options: UpOptions

    var findings: [Finding] {
        let name = "public address"
        for text in options.publicAddress where SocketAddress(text, port: 0) == nil {
            return [.bad(name, "--public-address \(text) is not an IP address.")]
        }
        let isLocal = options.bind.allSatisfy { $0 == "127.0.0.1" || $0 == "::1" }
        if isLocal, options.publicURL.isEmpty { return [.good(name, "It is for this machine alone (--bind 0.0.0.0 lets others in).")] }
        var findings: [Finding] = []
        let addresses = ((try? InterfaceAddresses.list()) ?? []).map(\.address)
        if addresses.isEmpty, options.publicAddress.isEmpty {
            findings.append(.bad(name, "This machine has no address but its own loopback: nobody else's media can reach it."))
        } else if options.publicAddress.isEmpty, addresses.allSatisfy(Self.isPrivate) {
            findings.append(
                .warning(name, "All addresses of this machine are private. For browsers outside give --public-address with the one in front of it."))
        } else {
            findings.append(.good(name, "Media is reached at \((options.publicAddress + addresses.map(\.host)).joined(separator: ", "))."))
        }
        for origin in options.origins where origin.hasPrefix("http:") && !Self.isLoopback(origin) {
            findings.append(
                .warning("https", "\(origin): a browser gives no microphone without https. Use --tls-cert and --tls-key, or --self-signed."))
        }
        return findings
    }

    private static func isLoopback(_ origin: String) -> Bool {
        ["localhost", "127.0.0.1", "[::1]", "::1"].contains(URLComponents(string: origin)?.host ?? "")
    }

    /// RFC 1918, RFC 6598, RFC 4193.
    private static func isPrivate(_ address: SocketAddress) -> Bool {
        guard address.isIPv4 else { return address.high >> 57 == 0xFC >> 1 }
        let ip = UInt32(truncatingIfNeeded: address.low)
        return ip >> 24 == 10 || ip >> 20 == 0xAC1 || ip >> 16 == 0xC0A8 || ip >> 22 == 0x6440 >> 6
    }
}

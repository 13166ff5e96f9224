import Domain
import Logging
import NIOCore
import Synchronization

/// Tells whose request it is: the socket's peer, or whom our own proxies name.
package final class ClientAddresses: Sendable {
    private let trusted: [CIDRBlock]
    private let logger: Logger
    private let hasWarned = Atomic(false)

    package init(trusted: [CIDRBlock], logger: Logger) {
        self.trusted = trusted
        self.logger = logger
    }

    /// - Parameter forwardedFor: every `X-Forwarded-For` field of the request, in order.
    package func client(peer: SocketAddress?, forwardedFor: [String]) -> IPAddress? {
        guard let peer = peer.flatMap(IPAddress.init) else { return nil }
        if !forwardedFor.isEmpty, !trusted.contains(where: { $0.contains(peer) }), !hasWarned.exchange(true, ordering: .relaxed) {
            logger.warning(
                "X-Forwarded-For ignored: it came from an address that is no trusted proxy (said once)",
                metadata: ["peer": "\(CIDRBlock(around: peer, length: peer.isIPv4 ? 24 : 48))"])
        }
        return IPAddress.client(peer: peer, forwardedFor: forwardedFor, trusted: trusted)
    }
}

extension IPAddress {
    /// `nil` for a socket that is not of the Internet.
    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        // A link-local address brings its zone along.
        self.init(String(text.prefix { $0 != "%" }))
    }
}

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks `/readyz` of the API, which also knows of the database and the bridge.
struct ReadinessProbe {
    let url: String

    init(_ options: UpOptions) {
        let host = options.bind.first ?? "127.0.0.1"
        let reachable = ["0.0.0.0": "127.0.0.1", "::": "[::1]"][host] ?? (host.contains(":") ? "[\(host)]" : host)
        url = "\(options.isTLS ? "https" : "http")://\(reachable):\(options.port)/readyz"
    }

    /// Blocks for at most a second: for the supervisor's own thread.
    var isReady: Bool {
        var tls = TLSConfiguration.makeClientConfiguration()
        // It asks itself on its own machine: the name in the certificate is the visitors' concern.
        tls.certificateVerification = .none
        let client = HTTPClient(configuration: .init(tlsConfiguration: tls, timeout: .init(connect: .milliseconds(500), read: .seconds(1))))
        defer { try? client.syncShutdown() }
        return (try? client.get(url: url).wait().status) == .ok
    }
}

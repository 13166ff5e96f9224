import Domain
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle

/// One listening port with everything that is reached there.
struct WebListener: Service {
    /// Connections at once; more wait in the kernel's queue.
    private static let connectionLimit = 16_384

    let address: ListenAddress
    let responder: RouterResponder<WebContext>
    let policy: UpgradePolicy
    let tls: TLSConfiguration?
    let clients: ClientAddresses
    let serve: @Sendable (HTTP1WebSocketChannel.WebSocket, IPAddress?) async -> Void
    let onListening: @Sendable (ListenAddress) async -> Void
    let logger: Logger

    func run() async throws {
        let server = HTTPServerBuilder { responder in
            let plain = HTTP1WebSocketChannel(responder: responder, policy: policy, clients: clients, isSecure: tls != nil, serve: serve)
            guard let tls else { return plain }
            return try TLSChannel(plain, tlsConfiguration: tls)
        }
        let application = Application(
            responder: responder, server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)),
            onServerRunning: { channel in
                await onListening(ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port))
            },
            logger: logger)
        do {
            try await application.run()
        } catch {
            throw ListenError(error, at: address)
        }
    }

    /// - Throws: what is wrong with the files.
    static func tls(certificate: String, key: String) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
        // `.file` cannot read PEM keys of every kind.
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // Who does not answer a close_notify by then does not; the process itself has less than two seconds to end.
        configuration.shutdownTimeout = .seconds(1)
        return configuration
    }
}

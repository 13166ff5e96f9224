import API
import ArgumentParser
import Domain
import Logging
import ServiceLifecycle
import UnixSignals

/// `ringlink api`: the web side, as the supervisor starts it.
struct APIProcessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "api", abstract: "The API process, for the supervisor.", shouldDisplay: false)

    @OptionGroup var identity: ServiceIdentity

    func run() async throws {
        try await explainingFaults {
            let given = GivenEnvironment()
            let port = try given.number("RINGLINK_PORT")
            var tls: APIConfiguration.TLSFiles?
            if let certificate = given.optional("RINGLINK_TLS_CERT"), let key = given.optional("RINGLINK_TLS_KEY") {
                tls = APIConfiguration.TLSFiles(certificate: certificate, key: key)
            }
            guard let secret = HexDigits.decode(try given.text("RINGLINK_SECRET_KEY")) else { throw StartError("RINGLINK_SECRET_KEY is not hex.") }
            let configuration = APIConfiguration(
                database: try given.text("RINGLINK_DATABASE"), binds: given.list("RINGLINK_BIND").map { ListenAddress(host: $0, port: port) },
                publicURLs: given.list("RINGLINK_ORIGINS"), tls: tls, bridgeURL: "http://127.0.0.1:\(try given.number("RINGLINK_CONTROL_PORT"))",
                bridgeID: try given.text("RINGLINK_BRIDGE_ID"), secret: secret, build: Build.stamp,
                policy: try given.optional(PolicyOption.variable).map(PolicyOption.policy) ?? Policy(),
                processFigures: { ProcessFigures.ofThisProcess() })
            let logger = ProcessLog.logger("api")
            let group = ServiceGroup(
                configuration: .init(
                    services: [APIService(configuration, logger: logger)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
            try await group.run()
        }
    }
}

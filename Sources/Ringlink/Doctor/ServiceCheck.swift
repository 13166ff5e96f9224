import API
import AsyncHTTPClient
import Domain
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// The two processes, if they run: is the API ready, and does the bridge believe what is signed here?
struct ServiceCheck {
    let options: UpOptions
    let installation: InstallationFacts

    func findings() async -> [Finding] {
        guard installation.isRunning else { return [.skipped("service", "Nothing runs in \(installation.path).")] }
        return [await readiness(), await signature()]
    }

    private func readiness() async -> Finding {
        let url = ReadinessProbe(options).url
        var tls = TLSConfiguration.makeClientConfiguration()
        // It asks its own machine: the name in the certificate is the visitors' concern.
        tls.certificateVerification = .none
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls))
        let finding = await readiness(of: url, client)
        try? await client.shutdown()
        return finding
    }

    private func readiness(of url: String, _ client: HTTPClient) async -> Finding {
        do {
            let answer = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(5))
            let body = try await answer.body.collect(upTo: 64 * 1024)
            if answer.status == .ok { return .good("service", "\(url) says that everything is ready.") }
            let detail = (try? JSONDecoder().decode(Detail.self, from: Data(body.readableBytesView)))?.detail
            return .bad("service", "\(url) answers \(answer.status.code): \(detail ?? "no reason given").")
        } catch {
            return .bad(
                "service",
                "An installation runs in \(installation.path), but \(url) does not answer. Give the --port and --bind that it was started with.")
        }
    }

    private struct Detail: Decodable { var detail: String }

    private func signature() async -> Finding {
        let name = "bridge"
        guard let secret = installation.secret, let keys = InstallationKeys(secret: secret) else {
            return .bad(name, "The installation's secret (\(installation.path)/secret.key or RINGLINK_SECRET_KEY) is not 64 hex digits or more.")
        }
        guard let id = installation.bridgeID, let port = installation.controlPort else {
            return .bad(name, "\(installation.path) does not say where its bridge is. Start the installation anew.")
        }
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        let exchange = ControlExchange(base: "http://127.0.0.1:\(port)", audience: id, keys: keys, http: client, clock: ServerClock())
        let finding = await signature(exchange, port: port)
        try? await client.shutdown()
        return finding
    }

    private func signature(_ exchange: ControlExchange, port: Int) async -> Finding {
        let name = "bridge"
        do throws(ControlExchange.Failure) {
            let figures = try await exchange.post(
                "/control/figures", FiguresRequest(epoch: 0), epoch: 0, timeout: .seconds(3), as: BridgeFigures.self)
            return .good(name, "It believes our signature and has \(figures.rooms) rooms and \(figures.liveCalls) calls.")
        } catch {
            switch error {
            case .notBelieved:
                return .bad(
                    name,
                    "It does not believe our signature: the secret here is not the one that it was started with, or the clock has jumped. Start it anew."
                )
            case .unreachable: return .bad(name, "It does not answer at 127.0.0.1:\(port). Its log says why it fell.")
            case .unbelievable, .wrongEpoch, .expired, .status: return .bad(name, "What answers at 127.0.0.1:\(port) is not our bridge.")
            }
        }
    }
}

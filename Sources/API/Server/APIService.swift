import AsyncHTTPClient
import Domain
import Logging
import NIOCore
import NIOSSL
import PhoneNumber
import ServiceLifecycle
import Store
import Webhooks

/// The web process: pages, signal and REST, the books in PostgreSQL, and the link to the bridge.
public struct APIService: Service {
    private let configuration: APIConfiguration
    private let logger: Logger
    private let onListening: @Sendable (ListenAddress) async -> Void

    /// - Parameter onListening: told of each address once it is listened on.
    public init(_ configuration: APIConfiguration, logger: Logger, onListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in }) {
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
    }

    /// Runs until graceful shutdown; then within two seconds.
    ///
    /// - Throws: `APIConfigurationError`, `ListenError`, or the store's error if the database cannot be opened or migrated.
    public func run() async throws {
        try configuration.validateBinds()
        guard let keys = InstallationKeys(secret: configuration.secret) else { throw APIConfigurationError.secretTooShort }
        let settings = WebServer.Settings(
            binds: configuration.binds, origins: try configuration.origins(), tls: try tls(), build: configuration.build,
            requestsPerMinute: configuration.policy.requestsPerMinute,
            trustedProxies: configuration.policy.trustedProxies, sharedWith: configuration.policy.corsOrigins.compactMap { WebOrigin($0) },
            metricsToken: configuration.policy.metricsToken)

        let store = try await Store.open(conninfo: configuration.database, atRest: AtRestKeyring(keys.atRest), logger: logger)
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.httpConfiguration)
        let result: Result<Void, any Error>
        do {
            try await store.migrate()
            try await serve(settings, keys: keys, store: store, http: http)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        // A client that is not shut down and a pool that is not closed would trap or leak, whatever went wrong.
        try? await http.shutdown()
        await store.close()
        try result.get()
    }

    private func serve(_ settings: WebServer.Settings, keys: InstallationKeys, store: Store, http: HTTPClient) async throws {
        let clock = ServerClock()
        let refusals = GuardMetrics()
        let calls = StoreCallBook(
            store: store, bridge: configuration.bridgeID, policy: configuration.policy, plan: WorldNumberPlan(), refusals: refusals,
            logger: logger)
        let exchange = ControlExchange(base: configuration.bridgeURL, audience: configuration.bridgeID, keys: keys, http: http, clock: clock)
        let ledger = SetupLedger(book: store, logger: logger)
        let link = BridgeLink(exchange: exchange, api: configuration.apiID, setup: { await ledger.current() }, clock: clock, logger: logger)
        let setups = SetupDesk(ledger: ledger, bridge: link, isBridgeAlive: { await link.isAlive }, clock: clock, logger: logger)
        let web = WebServer(
            settings, calls: calls, bridge: link, isBridgeAlive: { await link.isAlive }, resumeKey: keys.resume,
            resources: resources(store, setups, origin: settings.origins.own.first?.text ?? ""), idempotency: store,
            metrics: [
                StoreMetrics(store: store, calls: calls, clock: clock), refusals, BridgeMetrics(figures: { await link.figures() }),
                ProcessMetrics(figures: configuration.processFigures),
            ], clock: clock, logger: logger, onListening: onListening)
        let events = EventDesk(calls: calls, bridge: link, orders: web.orders, hub: web.hub, clock: clock, logger: logger)
        let housekeeping = Housekeeping(
            calls: calls, bridge: link, isBridgeAlive: { await link.isAlive }, isUpToDate: { await link.isUpToDate }, dialling: web.dialling,
            orders: web.orders, hub: web.hub, setups: setups,
            slices: SliceDesk(
                store: store, bridgeID: configuration.bridgeID, policy: configuration.policy, bridge: link, clock: clock, logger: logger),
            forget: {
                while try await store.forgetIdempotent(now: clock.wallMilliseconds) == 1_000 {}
                while try await store.forgetRefusals(now: clock.wallMilliseconds) == 1_000 {}
            }, clock: clock, logger: logger)

        let webhooks = WebhookService(
            store: store, policy: egress, build: configuration.build, now: { clock.wallMilliseconds }, logger: logger)

        var group = ServiceGroupConfiguration(
            services: [BridgeService(link: link, listener: events), housekeeping, webhooks, web], logger: logger)
        // Whoever still waits for the bridge or for a browser by then does not get its answer.
        group.maximumGracefulShutdownDuration = .milliseconds(1_800)
        try await ServiceGroup(configuration: group).run()
    }

    /// What `/v1` serves besides calls.
    private func resources(_ store: Store, _ setups: SetupDesk, origin: String) -> [any RESTResource] {
        [
            TrunkRoutes(store: store, setups: setups),
            ExtensionRoutes(store: store, setups: setups, reports: BridgeReports(bridge: setups.bridge, clock: setups.clock)),
            KeyRoutes(store: store),
            NumberRoutes(store: store),
            SigningKeyRoutes(store: store), LinkRoutes(store: store, origin: origin),
            GuardRoutes(store: store, policy: configuration.policy, plan: WorldNumberPlan()),
            WebhookRoutes(store: store, policy: egress),
        ]
    }

    /// Where webhooks may go.
    private var egress: EgressPolicy { EgressPolicy(allowing: configuration.policy.webhookTargets) }

    private func tls() throws -> TLSConfiguration? {
        guard let files = configuration.tls else { return nil }
        do {
            return try WebListener.tls(certificate: files.certificate, key: files.key)
        } catch {
            throw APIConfigurationError.unusableCertificate("\(error)")
        }
    }

    /// Control answers are small and quick, and nobody on the way may send them elsewhere.
    private static var httpConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(2)
        configuration.proxy = nil
        configuration.httpVersion = .http1Only
        // The poll for events holds one connection; a room that empties at once needs many for a moment.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return configuration
    }
}

/// Keeps the link to the bridge up for as long as the process runs.
private struct BridgeService: Service {
    let link: BridgeLink
    let listener: EventDesk

    func run() async throws {
        await cancelWhenGracefulShutdown { await link.follow(listener) }
    }
}

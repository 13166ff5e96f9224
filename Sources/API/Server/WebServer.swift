import Crypto
import Domain
import Hummingbird
import Logging
import NIOSSL
import ServiceLifecycle

/// Everything that the outside reaches, over any record of calls and any bridge.
package struct WebServer: Service {
    /// What the outside decides.
    package struct Settings: Sendable {
        /// Port 0 takes any free one, which only tests want.
        package var binds: [ListenAddress]
        package var origins: PublicOrigins
        package var tls: TLSConfiguration?
        /// The build stamp, one line.
        package var build: String
        /// Of one API key.
        package var requestsPerMinute: Int
        /// Whose `X-Forwarded-For` is believed.
        package var trustedProxies: [CIDRBlock]
        /// Sites whose pages may ask us from a browser.
        package var sharedWith: [WebOrigin]
        /// Reads `/metrics` besides API keys.
        package var metricsToken: String?

        package init(
            binds: [ListenAddress], origins: PublicOrigins, tls: TLSConfiguration? = nil, build: String, requestsPerMinute: Int = 600,
            trustedProxies: [CIDRBlock] = [], sharedWith: [WebOrigin] = [], metricsToken: String? = nil
        ) {
            self.metricsToken = metricsToken
            self.sharedWith = sharedWith
            self.trustedProxies = trustedProxies
            self.requestsPerMinute = requestsPerMinute
            self.binds = binds
            self.origins = origins
            self.tls = tls
            self.build = build
        }
    }

    let settings: Settings
    /// What `/v1` serves besides calls.
    private let resources: [any RESTResource]
    private let idempotency: (any IdempotencyBook)?
    private let requests = RequestMetrics()
    /// What `/metrics` shows besides the requests.
    private let metrics: [any MetricsSource]
    let calls: any CallBook
    let hub: RoomHub
    let dialling: DialDesk
    let orders: StandingOrders
    private let desk: SignalDesk
    private let clock: ServerClock
    private let isBridgeAlive: @Sendable () async -> Bool
    private let onListening: @Sendable (ListenAddress) async -> Void
    private let logger: Logger

    package init(
        _ settings: Settings, calls: any CallBook, bridge: any BridgeConnection, isBridgeAlive: @escaping @Sendable () async -> Bool,
        resumeKey: SymmetricKey, resources: [any RESTResource] = [], idempotency: (any IdempotencyBook)? = nil, metrics: [any MetricsSource] = [],
        clock: ServerClock, logger: Logger, onListening: @escaping @Sendable (ListenAddress) async -> Void
    ) {
        self.settings = settings
        self.resources = resources
        self.idempotency = idempotency
        self.metrics = metrics
        self.calls = calls
        self.clock = clock
        self.logger = logger
        self.isBridgeAlive = isBridgeAlive
        self.onListening = onListening
        hub = RoomHub()
        orders = StandingOrders(bridge: bridge, clock: clock)
        dialling = DialDesk(calls: calls, bridge: bridge, orders: orders, hub: hub, clock: clock, logger: logger)
        desk = SignalDesk(
            hub: hub, bridge: bridge, calls: calls, dialling: dialling, orders: orders, resumeKey: resumeKey, joins: JoinGate(), clock: clock,
            logger: logger)
    }

    package func run() async throws {
        let responder = router(reference: try ContractAssets.page()).buildResponder()
        let policy = UpgradePolicy(
            origins: settings.origins,
            isKeyValid: { [calls, clock] key in (try? await calls.key(key, now: clock.wallMilliseconds)) != nil },
            logger: logger)
        let clients = ClientAddresses(trusted: settings.trustedProxies, logger: logger)
        let listeners = settings.binds.map { address in
            WebListener(
                address: address, responder: responder, policy: policy, tls: settings.tls,
                clients: clients,
                serve: { [desk, clock] socket, client in
                    await SignalSocket(channel: socket.channel, desk: desk, client: client, clock: clock).run(socket)
                },
                onListening: onListening, logger: logger)
        }
        // The last service is stopped first: sockets are told to come back before the listeners wait for them to be closed.
        let group = ServiceGroup(configuration: .init(services: listeners + [Farewell(hub: hub)], logger: logger))
        try await group.run()
    }

    private func router(reference: WebAsset) -> Router<WebContext> {
        let router = Router(context: WebContext.self)
        router.add(middleware: RequestNaming())
        router.add(middleware: AccessLog(clock: clock, metrics: requests))
        router.add(middleware: ConnectionEnd())
        router.add(middleware: SecurityHeadersMiddleware(headers: SecurityHeaders(origins: settings.origins)))
        router.add(middleware: CrossOrigin(origins: settings.sharedWith))
        router.add(middleware: ProblemMiddleware())
        PageRoutes(reference: reference, calls: calls, clock: clock).add(to: router)
        HealthRoutes(parts: parts).add(to: router)
        SignalInfoRoutes(build: settings.build, calls: calls, clock: clock).add(to: router)
        MetricsRoutes(
            sources: [requests] + metrics, token: settings.metricsToken, guardian: APIKeyGuard(calls: calls, clock: clock)
        ).add(to: router)
        let gate = RESTGate(
            calls: calls, idempotency: idempotency.map { IdempotencyDesk(book: $0, logger: logger) },
            rates: RateLimiter(perMinute: settings.requestsPerMinute), clock: clock)
        let routes = RESTRoutes(group: router.group("/v1"), gate: gate)
        let live: [any RESTResource] = [
            CallRoutes(calls: calls, dialling: dialling, bridge: desk.bridge, clock: clock),
            RoomRoutes(reports: BridgeReports(bridge: desk.bridge, clock: clock), desk: desk, calls: calls),
        ]
        for resource in live + resources { resource.add(to: routes) }
        return router
    }

    @Sendable private func parts() async -> [(name: String, isReady: Bool)] {
        let database: Void? = try? await calls.ping()
        return [("database", database != nil), ("bridge", await isBridgeAlive())]
    }
}

/// Tells every browser to come back, once the process is asked to go.
private struct Farewell: Service {
    let hub: RoomHub

    func run() async throws {
        try? await gracefulShutdown()
        await hub.close()
    }
}

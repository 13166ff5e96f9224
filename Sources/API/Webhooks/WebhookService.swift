import Domain
import LibCurl
import Logging
import ServiceLifecycle
import Store

/// Delivers the outbox for as long as the process runs. Several processes may do so at once, each takes what the others have not.
public struct WebhookService: Service {
    private let store: Store
    private let policy: EgressPolicy
    private let build: String
    private let now: @Sendable () -> Int64
    private let logger: Logger

    /// - Parameters:
    ///   - build: the build stamp, for the `User-Agent`.
    ///   - now: milliseconds since 1970 UTC.
    public init(store: Store, policy: EgressPolicy, build: String, now: @escaping @Sendable () -> Int64, logger: Logger) {
        self.store = store
        self.policy = policy
        self.build = build
        self.now = now
        self.logger = logger
    }

    public func run() async throws {
        let client = try CurlClient(
            CurlClient.Configuration(policy: policy, maximumInFlight: OutboxDelivery.maximumInFlight, userAgent: "Ringlink (\(build))"))
        let delivery = OutboxDelivery(
            book: StoreDeliveryBook(store: store), sender: WebhookSender(client: client, allowsPlainHTTP: !policy.allowed.isEmpty), now: now,
            logger: logger)
        await cancelWhenGracefulShutdown { await delivery.run() }
        client.shutdown()
    }
}

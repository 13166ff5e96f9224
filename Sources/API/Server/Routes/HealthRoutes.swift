import HTTPTypes
import Hummingbird

/// Is the process there (`/healthz`), and can it do its work (`/readyz`)?
struct HealthRoutes: Sendable {
    /// The parts that work needs, each with its own answer.
    let parts: @Sendable () async -> [(name: String, isReady: Bool)]

    private struct Ready: Encodable {
        var status: String
    }

    func add(to router: Router<WebContext>) {
        router.read("/healthz") { _, _ in try JSONAnswer.response(Ready(status: "ok")) }
        router.read("/readyz") { _, _ in
            let missing = await parts().filter { !$0.isReady }.map(\.name)
            guard missing.isEmpty else {
                throw ProblemDocument(
                    .serviceUnavailable, code: "not_ready", detail: "Not ready: \(missing.joined(separator: ", ")).",
                    headers: [.retryAfter: "1"])
            }
            return try JSONAnswer.response(Ready(status: "ready"))
        }
    }
}

import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

/// `/metrics`, for who has an API key with the scope `metrics:read`, or the token of the configuration: that one works also while the
/// database is gone, which is when somebody looks. Nobody else, also not from this machine: a proxy in front makes everybody local.
struct MetricsRoutes: Sendable {
    static let scope = "metrics:read"

    let sources: [any MetricsSource]
    let token: String?
    let guardian: APIKeyGuard

    func add(to router: Router<WebContext>) {
        router.read("/metrics") { request, _ in
            try await admit(request)
            var page = PrometheusPage()
            for source in sources { await source.write(to: &page) }
            return RESTAnswer(status: 200, headers: ["Content-Type": PrometheusPage.contentType], body: .init(page.text.utf8))
                .compressed(for: request.headers).response()
        }
    }

    private func admit(_ request: Request) async throws {
        if let token, let header = request.headers[.authorization], Self.isSame(header, "Bearer \(token)") { return }
        try APIKeyGuard.require(Self.scope, of: try await guardian.caller(of: request))
    }

    /// Hashes are compared, so that the time says nothing of how much was right.
    private static func isSame(_ given: String, _ wanted: String) -> Bool {
        SHA256.hash(data: Array(given.utf8)) == SHA256.hash(data: Array(wanted.utf8))
    }
}

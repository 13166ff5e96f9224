import HTTPTypes
import Hummingbird

/// The headers that keep a browser from doing more with our answers than we mean.
struct SecurityHeaders: Sendable {
    /// On every answer, pages or not.
    static let always: [(name: String, value: String)] = [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "microphone=(self), camera=(self), geolocation=(), payment=(), usb=(), display-capture=(self)"),
    ]

    private let fields: HTTPFields

    init(origins: PublicOrigins) {
        var fields = HTTPFields()
        for (name, value) in Self.always {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        fields[.contentSecurityPolicy] = Self.policy(origins)
        // Older than frame-ancestors, and only able to say «nobody».
        if origins.embedding.isEmpty, let name = HTTPField.Name("X-Frame-Options") { fields[name] = "DENY" }
        self.fields = fields
    }

    func apply(to response: inout Response) {
        for field in fields where response.headers[field.name] == nil { response.headers.append(field) }
    }

    /// Everything the pages need comes from here; sockets are named, since not every browser lets `'self'` cover them.
    private static func policy(_ origins: PublicOrigins) -> String {
        let sockets = origins.own.map(\.webSocketText).joined(separator: " ")
        let ancestors = origins.embedding.isEmpty ? "'none'" : origins.embedding.map(\.text).joined(separator: " ")
        return [
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
            "media-src 'self'", "worker-src 'self'", "connect-src 'self' \(sockets)", "manifest-src 'self'",
            "base-uri 'none'", "form-action 'self'", "frame-ancestors \(ancestors)",
        ].joined(separator: "; ")
    }
}

struct SecurityHeadersMiddleware<Context: RequestContext>: RouterMiddleware {
    let headers: SecurityHeaders

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        var response = try await next(request, context)
        headers.apply(to: &response)
        return response
    }
}

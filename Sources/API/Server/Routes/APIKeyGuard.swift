import HTTPTypes
import Hummingbird
import Store

/// Who asks, by the API key, and whether the key may.
struct APIKeyGuard: Sendable {
    /// A key that may do everything.
    static let everything = "*"
    /// The scope of what every valid key may do.
    static let anyKey = ""

    let calls: any CallBook
    let clock: ServerClock

    /// Every failure is answered alike: a stranger learns not even whether a key was ever valid.
    ///
    /// - Throws: 401 as `ProblemDocument`.
    func caller(of request: Request) async throws -> APIKey {
        guard let header = request.headers[.authorization], let secret = APIKeyHeader.key(in: header),
            let key = try await calls.key(secret, now: clock.wallMilliseconds)
        else { throw ProblemDocument.unauthorized }
        return key
    }

    /// - Throws: 403 as `ProblemDocument`.
    static func require(_ scope: String, of key: APIKey) throws(ProblemDocument) {
        guard scope == anyKey || key.scopes.contains(scope) || key.scopes.contains(everything) else {
            throw ProblemDocument(.forbidden, code: "forbidden", detail: "This API key has not the scope \(scope).")
        }
    }
}

import Domain
import LibPQ

/// A request that carried an `Idempotency-Key`, by what tells it from others.
public struct IdempotentRequest: Sendable, Equatable {
    /// How long a key is remembered, milliseconds.
    public static let lifetime: Int64 = 24 * 3_600_000

    public var apiKey: APIKeyID
    public var key: String
    /// SHA-256 over what is asked.
    public var fingerprint: [UInt8]

    public init(apiKey: APIKeyID, key: String, fingerprint: [UInt8]) {
        self.apiKey = apiKey
        self.key = key
        self.fingerprint = fingerprint
    }

    fileprivate var place: AtRestKeyring.Place {
        AtRestKeyring.Place(table: "idempotent_requests", column: "answer", row: "\(apiKey.text) \(key)")
    }
}

/// What is known of such a request when it comes.
public enum IdempotentState: Sendable, Equatable {
    /// It is the first of its key and is to be done now.
    case begun
    /// It was done; this was its answer, as it was given to `finishIdempotent`.
    case answered([UInt8])
    /// The first one is under way since then (milliseconds since 1970 UTC), or its process fell.
    case underWay(since: Int64)
    /// The key was used for something else.
    case otherRequest
}

extension Store {
    /// Takes note of a request that is about to be done, unless its key is known.
    public func beginIdempotent(_ request: IdempotentRequest, now: Int64) async throws(StoreError) -> IdempotentState {
        let (state, sealed) = try await transaction { transaction throws(PostgresError) -> (IdempotentState, [UInt8]?) in
            _ = try transaction.execute(
                "DELETE FROM idempotent_requests WHERE api_key = $1 AND key = $2 AND begun_at <= instant($3)", .id(request.apiKey),
                .text(request.key), .int(now - IdempotentRequest.lifetime))
            // Whoever comes second waits here for the first one's transaction, and then finds its row.
            let isFirst =
                try transaction.execute(
                    """
                    INSERT INTO idempotent_requests (api_key, key, fingerprint, begun_at) VALUES ($1, $2, $3, instant($4))
                    ON CONFLICT DO NOTHING
                    """, .id(request.apiKey), .text(request.key), .bytes(request.fingerprint), .int(now)) == 1
            if isFirst { return (.begun, nil) }
            let known = try transaction.row(
                "SELECT fingerprint, milliseconds(begun_at) AS begun_at, answer FROM idempotent_requests WHERE api_key = $1 AND key = $2",
                .id(request.apiKey), .text(request.key)
            ) { row throws(PostgresError) -> (IdempotentState, [UInt8]?) in
                guard try row.value("fingerprint", as: [UInt8].self) == request.fingerprint else { return (.otherRequest, nil) }
                return (.underWay(since: try row.value("begun_at")), try row.optional("answer"))
            }
            // Given up between the two statements: as if it were still under way, the caller asks again.
            return known ?? (.underWay(since: now), nil)
        }
        guard let sealed else { return state }
        return .answered(try open(sealed, from: request.place))
    }

    /// Keeps the answer of a request that was begun.
    public func finishIdempotent(
        _ request: IdempotentRequest, answer: [UInt8], generator: inout some RandomNumberGenerator
    ) async throws(StoreError) {
        let sealed = try seal(answer, for: request.place, using: &generator)
        try await transaction { transaction throws(PostgresError) in
            _ = try transaction.execute(
                "UPDATE idempotent_requests SET answer = $3 WHERE api_key = $1 AND key = $2 AND answer IS NULL", .id(request.apiKey),
                .text(request.key), .bytes(sealed))
        }
    }

    /// Forgets a request that was begun and of which nothing was done, so that it may be sent again.
    public func abandonIdempotent(_ request: IdempotentRequest) async throws(StoreError) {
        try await transaction { transaction throws(PostgresError) in
            _ = try transaction.execute(
                "DELETE FROM idempotent_requests WHERE api_key = $1 AND key = $2 AND answer IS NULL", .id(request.apiKey),
                .text(request.key))
        }
    }

    /// Forgets what is older than a day; returns how many, at most 1,000 at once.
    public func forgetIdempotent(now: Int64) async throws(StoreError) -> Int {
        try await transaction { transaction throws(PostgresError) in
            try transaction.execute(
                """
                DELETE FROM idempotent_requests WHERE (api_key, key) IN (
                    SELECT api_key, key FROM idempotent_requests WHERE begun_at <= instant($1) LIMIT 1000 FOR UPDATE SKIP LOCKED)
                """, .int(now - IdempotentRequest.lifetime))
        }
    }
}

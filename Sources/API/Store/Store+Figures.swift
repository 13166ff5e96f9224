import LibPQ

/// What an operator watches, in numbers.
public struct OperatorFigures: Sendable, Equatable {
    public var extensions = 0
    public var webhooksEnabled = 0
    public var webhooksDisabled = 0
    /// Deliveries that are still to be made.
    public var backlog = 0
    /// Age of the oldest of them.
    public var backlogSeconds = 0.0
    /// Deliveries in the log.
    public var delivered = 0
    public var failed = 0

    public init() {}
}

/// This process's connections.
public struct PoolFigures: Sendable, Equatable {
    public var connections: Int
    public var busy: Int
    /// Transactions that wait for one.
    public var waiting: Int
    /// Transactions that waited for none in time, since the start.
    public var exhausted: Int
}

extension Store {
    /// Everything that `/metrics` shows of the database besides rooms and calls.
    public func operatorFigures(now: Int64) async throws(StoreError) -> OperatorFigures {
        try await transaction { transaction throws(PostgresError) in
            let figures = try transaction.row(
                """
                SELECT (SELECT count(*) FROM extensions) AS extensions,
                       (SELECT count(*) FROM webhook_endpoints WHERE enabled) AS webhooks_enabled,
                       (SELECT count(*) FROM webhook_endpoints WHERE NOT enabled) AS webhooks_disabled,
                       count(*) FILTER (WHERE state = 'pending') AS backlog, count(*) FILTER (WHERE state = 'delivered') AS delivered,
                       count(*) FILTER (WHERE state = 'failed') AS failed,
                       coalesce($1 - milliseconds(min(created_at) FILTER (WHERE state = 'pending')), 0) AS age
                  FROM webhook_deliveries
                """, .int(now)
            ) { row throws(PostgresError) in
                var figures = OperatorFigures()
                figures.extensions = try row.value("extensions")
                figures.webhooksEnabled = try row.value("webhooks_enabled")
                figures.webhooksDisabled = try row.value("webhooks_disabled")
                figures.backlog = try row.value("backlog")
                figures.delivered = try row.value("delivered")
                figures.failed = try row.value("failed")
                figures.backlogSeconds = Double(max(0, try row.value("age", as: Int.self))) / 1_000
                return figures
            }
            return figures ?? OperatorFigures()
        }
    }

    public var poolFigures: PoolFigures {
        get async {
            let figures = await pool.figures
            return PoolFigures(connections: figures.connections, busy: figures.busy, waiting: figures.waiting, exhausted: figures.exhausted)
        }
    }
}

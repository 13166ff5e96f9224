import Domain
import Store

/// What the database knows, which all processes on it share, and this process's connections to it.
struct StoreMetrics: MetricsSource {
    let store: Store
    let calls: any CallBook
    let clock: ServerClock
    let recent = RecentFigures()

    func write(to page: inout PrometheusPage) async {
        let figures = try? await recent.figures(now: clock.now) { try await calls.figures(now: clock.wallMilliseconds) }
        let backlog = try? await store.operatorFigures(now: clock.wallMilliseconds)
        page.gauge("ringlink_database_up", "Whether the database answers.", figures == nil || backlog == nil ? 0 : 1)
        let pool = await store.poolFigures
        page.gauge("ringlink_database_connections", "Connections that this process may have.", pool.connections)
        page.gauge("ringlink_database_connections_busy", "Connections that are at work now.", pool.busy)
        page.gauge("ringlink_database_waiting", "Transactions that wait for a connection now.", pool.waiting)
        page.family("ringlink_database_exhausted_total", .counter, "Transactions that found no connection in time.") { $0.sample(pool.exhausted) }
        if let figures { write(figures, to: &page) }
        if let backlog { write(backlog, to: &page) }
    }

    private func write(_ figures: CallFigures, to page: inout PrometheusPage) {
        page.gauge("ringlink_rooms", "Rooms with a browser in them, of all processes.", figures.rooms)
        page.gauge("ringlink_participants", "Browsers in rooms, of all processes.", figures.participants)
        page.gauge("ringlink_calls_live", "Calls that have not ended.", figures.live)
        page.family("ringlink_trunks", .gauge, "Trunks, by whether they may be used.") { family in
            family.sample(figures.trunksEnabled, ["state": "enabled"])
            family.sample(figures.trunksDisabled, ["state": "disabled"])
        }
        page.family("ringlink_calls_total", .counter, "Calls that have ended, by outcome.") { family in
            for outcome in CallOutcome.allCases { family.sample(figures.byOutcome[outcome] ?? 0, ["outcome": outcome.rawValue]) }
        }
    }

    private func write(_ figures: OperatorFigures, to page: inout PrometheusPage) {
        page.gauge("ringlink_extensions", "Extensions that may register.", figures.extensions)
        page.family("ringlink_webhook_endpoints", .gauge, "Webhook endpoints, by whether they are told.") { family in
            family.sample(figures.webhooksEnabled, ["state": "enabled"])
            family.sample(figures.webhooksDisabled, ["state": "disabled"])
        }
        page.gauge("ringlink_webhook_backlog", "Webhook deliveries that are still to be made.", figures.backlog)
        page.gauge("ringlink_webhook_backlog_age_seconds", "Age of the oldest delivery that is still to be made.", figures.backlogSeconds)
        page.family("ringlink_webhook_deliveries_kept", .gauge, "Webhook deliveries in the log, by how they ended.") { family in
            family.sample(figures.delivered, ["state": "delivered"])
            family.sample(figures.failed, ["state": "failed"])
        }
    }
}

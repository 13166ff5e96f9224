import Domain

/// What this process takes of its machine, and its bridge of its own.
struct ProcessMetrics: MetricsSource {
    let figures: @Sendable () -> ProcessFigures?

    func write(to page: inout PrometheusPage) {
        if let figures = figures() { page.write(figures, named: "process") }
    }
}

/// What the bridge has seen, asked of it by signed HTTP.
struct BridgeMetrics: MetricsSource {
    let figures: @Sendable () async -> BridgeFigures?

    func write(to page: inout PrometheusPage) async {
        let figures = await figures()
        page.gauge("ringlink_bridge_up", "Whether the bridge of this process answers.", figures == nil ? 0 : 1)
        guard let figures else { return }
        page.gauge("ringlink_bridge_rooms", "Rooms that are live in the bridge.", figures.rooms)
        page.gauge("ringlink_bridge_browsers", "Browsers that have a place in the bridge.", figures.browsers)
        page.gauge("ringlink_bridge_calls", "Calls that are live in the bridge.", figures.liveCalls)
        page.gauge("ringlink_bridge_pending_events", "Durable events that nobody has acknowledged.", figures.pendingEvents)
        page.family("ringlink_bridge_control_refused_total", .counter, "Control requests that were not believed, by reason.") { family in
            for refusal in ControlRefusal.allCases { family.sample(figures.refusedRequests[refusal.rawValue] ?? 0, ["reason": refusal.rawValue]) }
        }
        page.family("ringlink_bridge_sip_dropped_total", .counter, "SIP that got no answer, by why.") { family in
            for (reason, count) in figures.droppedSIP.sorted(by: { $0.key < $1.key }) { family.sample(count, ["reason": reason]) }
        }
        if let process = figures.process { page.write(process, named: "ringlink_bridge_process") }
    }
}

extension PrometheusPage {
    /// Under the names that Prometheus clients give them.
    fileprivate mutating func write(_ figures: ProcessFigures, named name: String) {
        family("\(name)_cpu_seconds_total", .counter, "Processor time, of the user and of the system.") { $0.sample(figures.processorSeconds) }
        gauge("\(name)_resident_memory_bytes", "Bytes in memory.", figures.residentBytes)
        gauge("\(name)_open_fds", "Files and sockets that are open.", figures.openFiles)
        gauge("\(name)_max_fds", "Files and sockets that may be open.", figures.openFilesLimit)
        gauge("\(name)_start_time_seconds", "When the process started, seconds since 1970.", figures.startedAt)
    }
}

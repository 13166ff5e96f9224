import Linux

/// Memory and processor time of an installation that nobody uses.
struct IdleMeasurement {
    let bridge: ProcessUsage
    let api: ProcessUsage
    let plan: MeasurementPlan

    func figures() async throws -> [Figure] {
        let began = MonotonicClock.now()
        let before = try bridge.processorTime()
        try await Task.sleep(for: plan.settling)
        let share = (try bridge.processorTime() - before) / (MonotonicClock.now() - began) * 100
        let conditions = "fresh start, \(plan.settling.components.seconds) s after the links, nobody there"
        let (bridgeResident, bridgeProportional) = try bridge.memory()
        let (apiResident, apiProportional) = try api.memory()
        return [
            Figure("bridge_idle_mb", bridgeResident, "MiB", aim: 60, "RSS, \(conditions)"),
            Figure("bridge_idle_pss_mb", bridgeProportional, "MiB", "PSS, \(conditions)"),
            Figure("api_idle_mb", apiResident, "MiB", aim: 80, "RSS, \(conditions)"),
            Figure("api_idle_pss_mb", apiProportional, "MiB", "PSS, \(conditions)"),
            Figure("bridge_idle_cpu_percent", share, "%", "of one core, \(conditions)"),
        ]
    }
}

import Domain

/// The same command id gets the same answer, however often it arrives: a lost answer never makes a second call.
package actor CommandLedger {
    /// Answers that are kept; the oldest go first. With an expiry of seconds this is minutes of traffic.
    package static let capacity = 8_192

    private var answers: [String: Task<BridgeAnswer, Never>] = [:]
    private var order: [String] = []
    private var oldest = 0

    package init() {}

    /// Runs `perform` for a new id; for a known one, gives (or waits for) the first answer.
    package func answer(_ id: String, _ perform: @escaping @Sendable () async -> BridgeAnswer) async -> BridgeAnswer {
        if let known = answers[id] { return await known.value }
        let task = Task { await perform() }
        answers[id] = task
        if order.count < Self.capacity {
            order.append(id)
        } else {
            answers[order[oldest]] = nil
            order[oldest] = id
            oldest = (oldest + 1) % Self.capacity
        }
        return await task.value
    }
}

import Domain

/// How a trunk stands, as REST shows it.
struct TrunkStatusDocument: Encodable {
    enum State: String, Encodable { case up, down, unknown, disabled }

    var trunk: TrunkID
    var state: State
    /// One sentence that an operator can act on.
    var detail: String
    var since: String?
    var check: TrunkCheckDocument?
    var callsUp: Int?
    var callsLastSecond: Int?
    var maxCalls: Int?
    var maxCallsOut: Int?
    var callsPerSecond: Int?

    /// - Parameter report: what the bridge says; `nil` if it does not answer.
    init(_ trunk: Trunk, _ report: TrunkReport?) {
        self.trunk = trunk.id
        maxCalls = trunk.settings.maximumCalls
        maxCallsOut = trunk.settings.maximumOutgoingCalls
        callsPerSecond = trunk.settings.callsPerSecond
        guard trunk.settings.isEnabled else {
            (state, detail) = (.disabled, "It is switched off: nothing is sent to it.")
            return
        }
        guard let report else {
            (state, detail) = (.unknown, "The bridge does not answer now, or does not know the trunk yet. Try again in a moment.")
            return
        }
        callsUp = report.calls
        callsLastSecond = report.callsInLastSecond
        since = report.since.map { Timestamp.rfc3339(milliseconds: $0) }
        check = report.check.map(TrunkCheckDocument.init)
        switch report.state {
        case .up: state = .up
        case .down: state = .down
        case .unknown: state = .unknown
        }
        detail = report.check?.sentence ?? "It has not been asked yet."
        if report.state == .unknown, trunk.settings.optionsInterval == nil {
            detail = "It is not asked by OPTIONS (options_interval)." + (report.check.map { " When it was tested: \($0.sentence)" } ?? "")
        }
    }
}

/// What one OPTIONS came to.
struct TrunkCheckDocument: Encodable {
    var at: String
    var reachable: Bool
    var sipStatus: Int?
    var roundTripMs: Double?
    /// Why it is not reachable.
    var code: String?
    var detail: String

    init(_ check: TrunkCheck) {
        at = Timestamp.rfc3339(milliseconds: check.at)
        reachable = check.obstacle == nil
        sipStatus = check.status
        roundTripMs = check.roundTripMicroseconds.map { (Double($0) / 100).rounded() / 10 }
        code = check.obstacle?.rawValue
        detail = check.sentence
    }
}

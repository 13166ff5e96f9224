/// One try to reach the far end of a call: over one trunk, or at the contacts of one extension.
public struct CallAttempt: Codable, Sendable, Equatable {
    /// `nil` for an extension.
    public var trunk: TrunkID?
    /// Milliseconds since 1970 UTC, as is `endedAt`.
    public var startedAt: Int64
    /// When it was answered or given up.
    public var endedAt: Int64
    /// The final SIP status, 200 for the one that was answered; `nil` if none came.
    public var sipStatus: Int?
    /// ITU-T Q.850 cause, where one was told (RFC 3326).
    public var q850Cause: Int?
    /// One sentence for the operator.
    public var detail: String

    public init(trunk: TrunkID?, startedAt: Int64, endedAt: Int64, sipStatus: Int?, q850Cause: Int?, detail: String) {
        self.trunk = trunk
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.sipStatus = sipStatus
        self.q850Cause = q850Cause
        self.detail = detail
    }
}

/// What the operator has decided for this installation: the same for every process, read once at the start.
public struct Policy: Codable, Sendable, Equatable {
    /// Whether a link that nobody signed may dial.
    public enum Dialing: String, Codable, Sendable, CaseIterable {
        /// It may, within the rules.
        case open
        /// It may not: only minted links dial.
        case signed
    }

    public var dialing: Dialing
    /// Where browsers reach this installation; the first is used in links. Empty: the addresses that are listened on.
    public var publicURLs: [String]
    /// Whose `X-Forwarded-For` is believed.
    public var trustedProxies: [CIDRBlock]
    /// Private addresses to which webhooks may be sent all the same.
    public var webhookTargets: [CIDRBlock]
    public var caps: DialCaps
    public var limits: DialLimits
    /// Requests that one API key may make in a minute, with a burst of the same size.
    public var requestsPerMinute: Int
    /// Sites whose pages may use the API from a browser, as origins; empty: none.
    public var corsOrigins: [String]
    /// What reads `/metrics` besides an API key with the scope `metrics:read`, also while the database is gone; `nil`: nothing.
    public var metricsToken: String?

    public init(
        dialing: Dialing = .open, publicURLs: [String] = [], trustedProxies: [CIDRBlock] = [], webhookTargets: [CIDRBlock] = [],
        caps: DialCaps = DialCaps(), limits: DialLimits = DialLimits(), requestsPerMinute: Int = 600, corsOrigins: [String] = [],
        metricsToken: String? = nil
    ) {
        self.corsOrigins = corsOrigins
        self.metricsToken = metricsToken
        self.dialing = dialing
        self.publicURLs = publicURLs
        self.trustedProxies = trustedProxies
        self.webhookTargets = webhookTargets
        self.caps = caps
        self.limits = limits
        self.requestsPerMinute = requestsPerMinute
    }
}

/// How much may be dialled where no rule says otherwise: safe out of the box.
public struct DialCaps: Codable, Sendable, Equatable {
    /// Calls that one client address may place in an hour.
    public var dialsPerAddressPerHour: Int
    /// Calls of the whole installation in a day.
    public var callsPerDay: Int
    /// Calls of the whole installation at one moment.
    public var callsAtOnce: Int
    /// IANA name of the time zone in which a day begins at midnight.
    public var timeZone: String

    public init(dialsPerAddressPerHour: Int = 20, callsPerDay: Int = 200, callsAtOnce: Int = 10, timeZone: String = "UTC") {
        self.dialsPerAddressPerHour = dialsPerAddressPerHour
        self.callsPerDay = callsPerDay
        self.callsAtOnce = callsAtOnce
        self.timeZone = timeZone
    }
}

/// What holds for a call that is placed now.
public struct DialLimits: Codable, Sendable, Equatable {
    /// Seconds for which a queued call may still be sent to the bridge.
    public var expirySeconds: Int
    /// Seconds that the far end may ring, over all attempts.
    public var ringSeconds: Int
    /// Seconds that the phone stays after the last browser left.
    public var graceSeconds: Int
    /// Seconds that the call may last after its answer.
    public var maximumSeconds: Int

    public init(expirySeconds: Int = 15, ringSeconds: Int = 60, graceSeconds: Int = 10, maximumSeconds: Int = 7_200) {
        self.expirySeconds = expirySeconds
        self.ringSeconds = ringSeconds
        self.graceSeconds = graceSeconds
        self.maximumSeconds = maximumSeconds
    }
}

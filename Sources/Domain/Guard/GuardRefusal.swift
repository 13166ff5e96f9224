/// Which rule refused a dial, in the order in which they are asked.
public enum GuardCheck: String, Codable, Sendable, CaseIterable {
    /// Not a number, or not one that can exist.
    case malformed
    case emergency
    case blocklist
    /// `dialing: signed`, and the dial came without a link's grant.
    case signature
    /// Neither on the allowlist nor granted by a link.
    case allowlist
    case numberType = "number_type"
    case country
    /// Outside of the hours in which such calls are possible.
    case hours
    case link
    /// The one IP address; of IPv6 its /64.
    case address
    /// Its /24; of IPv6 its /56.
    case network
    case number
    case trunk
    case day
    /// The minutes that calls may last together.
    case minutes
    /// What calls may cost; that of a link is asked with the link, that of a number with the number.
    case cost
    case concurrent
}

/// Why FraudGuard refused a dial: the same object in the frame, the call's row, REST, the webhook and the log.
public struct GuardRefusal: Sendable, Equatable {
    public var rule: GuardCheck
    /// What the rule permits; `nil` where it does not count.
    public var limit: Int?
    public var used: Int?
    /// When the next dial may pass, milliseconds since 1970 UTC; `nil` if time does not cure it.
    public var resetsAt: Int64?
    /// A sentence for a person. Holds no whole number.
    public var text: String

    public init(rule: GuardCheck, limit: Int? = nil, used: Int? = nil, resetsAt: Int64? = nil, text: String) {
        self.rule = rule
        self.limit = limit
        self.used = used
        self.resetsAt = resetsAt
        self.text = text
    }

    /// A number that cannot exist has an outcome of its own; everything else is a decision of ours.
    public var outcome: CallOutcome { rule == .malformed ? .invalidNumber : .blocked }

    public var reason: CallReason { CallReason(code: code, text: text) }

    /// The stable code that goes with the rule.
    private var code: String {
        switch rule {
        case .malformed: ProblemCode.invalidNumber.rawValue
        case .emergency: ProblemCode.emergencyNumber.rawValue
        default: "guard_" + rule.rawValue
        }
    }
}

extension GuardRefusal: Codable {
    private enum CodingKeys: String, CodingKey {
        case rule, limit, used
        // As REST and the database spell it, whatever strategy the encoder has.
        case resetsAt = "resets_at"
        case text
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        rule = try container.decode(GuardCheck.self, forKey: .rule)
        limit = try container.decodeIfPresent(Int.self, forKey: .limit)
        used = try container.decodeIfPresent(Int.self, forKey: .used)
        text = try container.decode(String.self, forKey: .text)
        resetsAt = try container.decodeIfPresent(String.self, forKey: .resetsAt).map { written in
            guard let moment = RFC3339.milliseconds(written) else {
                throw DecodingError.dataCorruptedError(forKey: .resetsAt, in: container, debugDescription: "not a time in UTC")
            }
            return moment
        }
    }

    /// All five members, `null` where there is nothing to tell: the object has one shape.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rule, forKey: .rule)
        try container.encode(limit, forKey: .limit)
        try container.encode(used, forKey: .used)
        try container.encode(resetsAt.map { RFC3339.text(milliseconds: $0) }, forKey: .resetsAt)
        try container.encode(text, forKey: .text)
    }
}

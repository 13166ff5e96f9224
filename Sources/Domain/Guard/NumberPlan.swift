/// What is known of a telephone number from the numbering plans of the world.
public protocol NumberPlan: Sendable {
    /// - Parameter number: E.164 with its `+`.
    func profile(of number: String) -> NumberProfile
    /// Whether these digits, dialled as they are, call for help in some country.
    func isEmergency(short digits: String) -> Bool
}

/// One number as its numbering plan has it.
public struct NumberProfile: Codable, Sendable, Equatable {
    /// Whether such a number can exist.
    public var isValid: Bool
    /// ISO 3166 region, such as `DE`; `nil` for a number of no country, or an invalid one.
    public var region: String?
    public var type: NumberType

    public init(isValid: Bool, region: String?, type: NumberType) {
        self.isValid = isValid
        self.region = region
        self.type = type
    }

    /// Nothing is known, so nothing can be refused for it; for a text that is no telephone number.
    public static let none = NumberProfile(isValid: false, region: nil, type: .unknown)
}

/// What kind of line a number is, which is mostly: who pays, and how much.
public enum NumberType: String, Codable, Sendable, CaseIterable {
    case fixedLine = "fixed_line"
    case mobile
    case fixedLineOrMobile = "fixed_line_or_mobile"
    case tollFree = "toll_free"
    case premiumRate = "premium_rate"
    case sharedCost = "shared_cost"
    case voip
    case personal
    case pager
    case universal
    case voicemail
    case unknown

    /// Costs more than a call, part of it for the called: what toll fraud lives on. Refused unless a rule allows the type.
    public var isCostly: Bool { self == .premiumRate || self == .sharedCost }
}

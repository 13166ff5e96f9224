/// What a link permits, as it stands at one moment.
public struct LinkGrant: Sendable, Equatable {
    public var id: LinkID
    /// Seconds that its call may last; `nil` for what holds anyway.
    public var maximumSeconds: Int?
    /// Calls that may be made by it.
    public var maximumUses: Int?
    /// Calls that were made by it.
    public var used: Int
    public var hidesNumber: Bool
    /// Shown to the phone that is called, in the place of the trunk's.
    public var callerID: E164Number?
    /// Why it does not dial now, apart from its uses.
    public var fault: LinkFault?

    public init(
        id: LinkID, maximumSeconds: Int? = nil, maximumUses: Int? = nil, used: Int = 0, hidesNumber: Bool = false, callerID: E164Number? = nil,
        fault: LinkFault? = nil
    ) {
        self.callerID = callerID
        self.id = id
        self.maximumSeconds = maximumSeconds
        self.maximumUses = maximumUses
        self.used = used
        self.hidesNumber = hidesNumber
        self.fault = fault
    }

    /// What FraudGuard refuses a dial by this link for.
    public var refusal: GuardRefusal? {
        if let fault { return GuardRefusal(rule: .link, text: fault.problem.sentence) }
        guard let maximumUses, used >= maximumUses else { return nil }
        return GuardRefusal(rule: .link, limit: maximumUses, used: used, text: LinkFault.usedUp.problem.sentence)
    }

    /// The stable code that goes with `refusal`.
    public var reason: CallReason? {
        guard refusal != nil else { return nil }
        return CallReason((fault ?? .usedUp).problem)
    }
}

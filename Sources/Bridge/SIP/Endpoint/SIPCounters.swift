/// What an endpoint has seen that nobody was told of.
public struct SIPCounters: Equatable, Sendable {
    /// Datagrams that are no SIP message.
    public var malformed = 0
    /// Responses that belong to no transaction, or not to the one they name.
    public var strayResponses = 0
    /// Requests that got no answer because their source had used up its budget.
    public var overBudget = 0
    /// Requests that got no answer because a table was full.
    public var overLimit = 0

    public init() {}
}

extension BridgeRefusal: ExplainedError {
    /// As the page is told of it.
    public var problem: Problem {
        switch self {
        case .unknownPeer: Problem(.notJoined)
        case .unknownCall: Problem(.unknownCall)
        case .dtmfNotNegotiated: Problem(.dtmfNotNegotiated)
        case .notAnswered: Problem(.notAnswered)
        case .roomFull: Problem(.roomFull)
        case .roomLocked: Problem(.roomLocked)
        case .unknownParticipant: Problem(.unknownParticipant)
        case .unknownTrunk: Problem(.unknownTrunk)
        case .atCapacity: Problem(.atCapacity)
        case .invalidOffer: Problem(.invalidOffer)
        case .shuttingDown: Problem(.bridgeUnavailable)
        case .nobodyThere: Problem(.noMedia)
        case .internalError: Problem(.serverError)
        }
    }
}

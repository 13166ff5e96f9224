/// The answering half of ICE, which is all that a server with public addresses needs (RFC 8445 sections 2.5 and 7.3).
///
/// It has no socket and no clock. Give it every STUN datagram that names its fragment, send the response that it
/// appends, and call `handleDeadline` at or after `deadline`: there is nothing else to do. It asks nothing by itself
/// and is always controlled; the peer chooses the path, and its checks are its consent to be sent to.
///
/// `now` is monotonic time since the start of the process.
public struct ICELiteAgent: ~Copyable, Sendable {
    /// Time without a valid check after which the peer has gone.
    public static let patience: Duration = .seconds(15)
    /// Time without a valid check after which a peer that has lost its signalling, too, has gone.
    public static let silence: Duration = .seconds(5)

    private var state: ICEState
    private var generation: ICEGeneration
    /// The generation before a restart, until the peer has nominated a path in the new one.
    private var previous: ICEGeneration?
    public private(set) var counters = ICECounters()

    /// An agent that waits for the first check.
    /// - Parameters:
    ///   - local: what our answer says.
    ///   - remoteUfrag: what the peer's offer says.
    public init(local: ICECredentials, remoteUfrag: String, now: Duration) {
        state = .checking(since: now)
        generation = ICEGeneration(local: local, remoteUfrag: remoteUfrag)
    }

    // MARK: Inputs

    /// Takes one STUN datagram that came on `path`, and appends to `response` what is to be sent back on it, if anything.
    public mutating func receive(
        _ datagram: Span<UInt8>, on path: TransportPath, now: Duration, response: inout [UInt8]
    ) -> ICEOutcome {
        let outcome = answer(datagram, on: path, now: now, response: &response)
        counters.count(outcome)
        return outcome
    }

    /// Takes the time. Before the deadline nothing happens; at it, the agent expires for good.
    /// - Returns: what was waited for in vain; `nil` if the agent goes on, or had expired before.
    public mutating func handleDeadline(now: Duration) -> ICEDeadline.Reason? {
        state.expire(now: now)
    }

    /// Begins a new run with fresh credentials (RFC 8445 section 9).
    ///
    /// The path stays, and the old credentials stay good for checks that are under way, until the peer nominates a
    /// path with the new ones. An expired agent stays expired.
    public mutating func restart(local: ICECredentials, remoteUfrag: String) {
        previous = generation
        generation = ICEGeneration(local: local, remoteUfrag: remoteUfrag)
    }

    // MARK: What it knows

    /// The timer that is running; `nil` once the agent has expired.
    public var deadline: ICEDeadline? { state.deadline }

    /// Where to send; `nil` before the first valid check, and again once consent is lost (RFC 7675 section 5.1).
    public var selectedPath: TransportPath? { state.selectedPath }

    /// Whether the peer itself chose `selectedPath`.
    public var isNominated: Bool { state.isNominated }

    /// Whether a valid check has come on `path`, so that what comes on it is the peer's.
    public func isValidated(_ path: TransportPath) -> Bool { state.isValidated(path) }

    /// Whether no valid check has come for `silence`.
    public func isSilent(now: Duration) -> Bool { state.isSilent(now: now) }

    /// The fragment that checks must name.
    public var localUfrag: String { generation.local.ufrag }
    /// The fragment of the run before, while it still counts.
    public var previousLocalUfrag: String? { previous?.local.ufrag }

    // MARK: One check

    private mutating func answer(
        _ datagram: Span<UInt8>, on path: TransportPath, now: Duration, response: inout [UInt8]
    ) -> ICEOutcome {
        if state.isExpired { return .ignored(.expired) }
        let message: STUNMessage
        do {
            message = try STUNMessage(datagram)
        } catch .wrongFingerprint {
            return .ignored(.noFingerprint)
        } catch {
            return .ignored(.malformed)
        }
        guard message.kind == .request, message.method == STUNMessage.bindingMethod else { return .ignored(.notARequest) }
        guard message.hasFingerprint else { return .ignored(.noFingerprint) }
        guard let username = message.username, message.integrity != nil else { return .ignored(.noCredentials) }
        guard let (named, isCurrent) = generation(named: username, in: datagram) else { return .ignored(.wrongUsername) }
        guard message.isAuthentic(in: datagram, key: named.key) else { return .ignored(.wrongIntegrity) }

        // From here on it is the peer. What is wrong now is an error in good faith, and gets an answer.
        if let code = Self.refusal(of: message) {
            STUNMessage.appendBindingError(
                code, message.transactionID, unknown: message.unknownRequired, key: named.key, to: &response)
            return .refused(code)
        }
        STUNMessage.appendBindingSuccess(
            message.transactionID, mappedAddress: path.remote, key: named.key, to: &response)
        // A late check of the run before must not take the path back.
        let isNominating = message.isNominating && isCurrent
        if isNominating { previous = nil }
        return .responded(state.pass(path, isNominating: isNominating, now: now))
    }

    private func generation(named username: Range<Int>, in datagram: Span<UInt8>) -> (ICEGeneration, isCurrent: Bool)? {
        if generation.isUsername(username, of: datagram) { return (generation, true) }
        if let previous, previous.isUsername(username, of: datagram) { return (previous, false) }
        return nil
    }

    /// What an authentic request is refused for.
    private static func refusal(of message: STUNMessage) -> STUNErrorCode? {
        if !message.unknownRequired.isEmpty { return .unknownAttribute }
        // PRIORITY is not optional (RFC 8445 section 7.1.1), and nobody has both roles.
        if message.priority == nil { return .badRequest }
        if message.controlling != nil, message.controlled != nil { return .badRequest }
        // A lite agent cannot take the other role: the peer has to (RFC 8445 sections 6.1.1 and 7.3.1.1).
        return message.controlled == nil ? nil : .roleConflict
    }
}

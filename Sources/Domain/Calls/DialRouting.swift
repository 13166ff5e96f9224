/// How a target is reached from here, or why it cannot be.
public enum DialRouting {
    public enum Decision: Sendable, Equatable {
        /// `label` is what the roster shows for the far end.
        case route(DialRoute, label: String)
        /// The call ends at once with this outcome; nothing goes out.
        case refused(CallOutcome, CallReason)
    }

    /// `number` is the virtual number with the target's digits, if there is one. A virtual number answers here and needs no
    /// trunk, so a pinned one has nothing to carry and nothing to refuse.
    public static func decide(_ target: DialTarget, number: VirtualNumber?, trunk: TrunkID?) -> Decision {
        switch (target, number, trunk) {
        case (_, let number?, _):
            return .route(number.route, label: number.label)
        case (.short(let digits), nil, _):
            return refused(.unreachable, Problem(.noSuchExtension, "No phone is registered as extension \(digits)."))
        case (.e164, nil, let trunk?):
            return refused(.trunkUnavailable, Problem(.unknownTrunk, "The trunk \(trunk) that this link asks for is not set up here."))
        case (.e164, nil, nil):
            return refused(.trunkUnavailable, Problem(.noTrunk, "No trunk is set up that could call \(target.maskedForGuests)."))
        }
    }

    private static func refused(_ outcome: CallOutcome, _ problem: Problem) -> Decision {
        .refused(outcome, CallReason(problem))
    }
}

extension CallReason {
    public init(_ problem: Problem) {
        self.init(code: problem.code.rawValue, text: problem.sentence)
    }
}

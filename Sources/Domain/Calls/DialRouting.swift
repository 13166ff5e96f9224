/// How a target is reached from here, or why it cannot be.
public enum DialRouting {
    /// What the store knows, at this moment, of where a target could lead.
    public struct Facts: Sendable, Equatable {
        /// The virtual number with the target's digits.
        public var number: VirtualNumber?
        /// The display name of the extension with the target's digits.
        public var extensionName: String?
        /// All trunks, for a telephone number.
        public var trunks: [TrunkChoice.Candidate]
        /// Whose turn it is among trunks of one priority.
        public var turn: UInt64

        public init(number: VirtualNumber? = nil, extensionName: String? = nil, trunks: [TrunkChoice.Candidate] = [], turn: UInt64 = 0) {
            self.number = number
            self.extensionName = extensionName
            self.trunks = trunks
            self.turn = turn
        }
    }

    public enum Decision: Sendable, Equatable {
        /// `label` is what the roster shows for the far end.
        case route(DialRoute, label: String)
        /// The call ends at once with this outcome; nothing goes out.
        case refused(CallOutcome, CallReason)
    }

    /// Digits lead to what this installation answers itself or to a registered phone, and never to a trunk: a pinned one has
    /// nothing to carry there and nothing to refuse.
    public static func decide(_ target: DialTarget, _ facts: Facts, trunk: TrunkID?) -> Decision {
        if let number = facts.number { return .route(number.route, label: number.label) }
        switch target {
        case .short(let digits):
            guard let name = facts.extensionName else {
                return refused(.unreachable, Problem(.noSuchExtension, "No phone is registered as extension \(digits)."))
            }
            return .route(.registered(extension: digits), label: name)
        case .unreadable:
            return refused(.invalidNumber, Problem(.invalidNumber))
        case .e164(let number):
            do throws(Problem) {
                let trunks = try TrunkChoice.trunks(for: number, pinned: trunk, among: facts.trunks, turn: facts.turn)
                return .route(.trunks(TrunkRoute(number: number, trunks: trunks)), label: target.maskedForGuests)
            } catch {
                return refused(.trunkUnavailable, error)
            }
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

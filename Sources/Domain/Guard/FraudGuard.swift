/// Whether a dial may go out at all, and if not why: toll fraud is the danger of this product.
///
/// The store gathers the facts under one lock, in the transaction that writes the decision, so the caps hold exactly however many
/// dials come at once. Same facts, same verdict. What an address or a number has used is counted from the calls themselves, so
/// nothing has to be given back after a crash: a call that has its outcome is no longer up, whatever ended it.
public enum FraudGuard {
    /// Whom the dial means, and by what right.
    public struct Subject: Sendable, Equatable {
        public var target: DialTarget
        /// `nil` for what is no telephone number.
        public var profile: NumberProfile?
        /// A link grants exactly this call.
        public var isGranted: Bool
        /// The numbering plan calls these digits an emergency number.
        public var isEmergency: Bool
        /// No digit of the number may reach the browser.
        public var hidesNumber: Bool

        public init(
            target: DialTarget, profile: NumberProfile?, isGranted: Bool = false, isEmergency: Bool = false, hidesNumber: Bool = false
        ) {
            self.target = target
            self.profile = profile
            self.isGranted = isGranted
            self.isEmergency = isEmergency
            self.hidesNumber = hidesNumber
        }

        fileprivate var shown: String { hidesNumber ? "this number" : target.maskedForGuests }
    }

    /// The rules that need no counting. `nil`: the dial passes them.
    public static func screen(_ subject: Subject, _ rules: GuardRules) -> GuardRefusal? { screening(subject, rules).refusal }

    /// The same, step by step: the last one refuses, or none does.
    public static func screening(_ subject: Subject, _ rules: GuardRules) -> [GuardStep] {
        func refused(_ rule: GuardCheck, _ text: String, after steps: [GuardStep] = []) -> [GuardStep] {
            steps + [GuardStep(refusal: GuardRefusal(rule: rule, text: text))]
        }
        let written = GuardStep(.malformed, "It is written as a number is.")
        switch subject.target {
        case .unreadable(let text):
            return DialTarget.isEmergency(writtenAs: text)
                ? refused(.emergency, ProblemCode.emergencyNumber.sentence) : refused(.malformed, ProblemCode.invalidNumber.sentence)
        case .short(let digits):
            guard !EmergencyNumbers.contains(short: digits), !subject.isEmergency else {
                return refused(.emergency, ProblemCode.emergencyNumber.sentence, after: [written])
            }
            // This installation's own numbers cost nothing and need no allowlist; they fall under the caps against floods.
            return [written, noEmergency]
        case .e164(let number):
            let profile = subject.profile ?? .none
            guard !EmergencyNumbers.contains(international: String(number.dropFirst())) else {
                return refused(.emergency, ProblemCode.emergencyNumber.sentence, after: [written])
            }
            guard profile.isValid else { return refused(.malformed, "\(capitalised(subject.shown)) is not a telephone number that can exist.") }
            return screening(number, profile, subject, rules, [written, noEmergency])
        }
    }

    private static let noEmergency = GuardStep(.emergency, "It calls for help nowhere.")

    private static func screening(
        _ number: String, _ profile: NumberProfile, _ subject: Subject, _ rules: GuardRules, _ before: [GuardStep]
    ) -> [GuardStep] {
        var steps = before
        func refused(_ rule: GuardCheck, _ text: String) -> [GuardStep] { steps + [GuardStep(refusal: GuardRefusal(rule: rule, text: text))] }
        // A rule with a prefix names numbers, one without names a kind or a country: the kind of rule is the kind of refusal.
        let blocking = rules.block.filter { $0.covers(number, profile) }
        if blocking.contains(where: { $0.prefix != nil }) {
            return refused(.blocklist, "Calls to \(subject.shown) are blocked here.")
        }
        steps.append(GuardStep(.blocklist, "No rule blocks such numbers."))
        let allowing = rules.allow.filter { $0.covers(number, profile) }
        if subject.isGranted {
            steps.append(GuardStep(.allowlist, "A link grants it."))
        } else {
            if rules.dialing == .signed {
                return refused(.signature, "Only links that were issued by this site may call \(subject.shown). Ask for such a link.")
            }
            guard !allowing.isEmpty else {
                return refused(
                    .allowlist,
                    "Calls to \(subject.shown) are not allowed here. Ask who runs this page to allow the number or to send a link for it.")
            }
            steps.append(GuardStep(.allowlist, "A rule allows such numbers."))
        }
        if profile.type.isCostly && !allowing.contains(where: { $0.type == profile.type }) {
            return refused(.numberType, "\(capitalised(subject.shown)) is a number that costs extra, and such calls are not allowed here.")
        }
        if blocking.contains(where: { $0.type != nil }) {
            return refused(.numberType, "Calls to numbers of the kind of \(subject.shown) are not allowed here.")
        }
        steps.append(GuardStep(.numberType, "Numbers of its kind may be called."))
        if blocking.contains(where: { $0.country != nil }) {
            return refused(.country, "Calls to the country of \(subject.shown) are not allowed here.")
        }
        steps.append(GuardStep(.country, "Its country may be called."))
        return steps
    }

    private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}

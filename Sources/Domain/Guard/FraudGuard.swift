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
    public static func screen(_ subject: Subject, _ rules: GuardRules) -> GuardRefusal? {
        func refusal(_ rule: GuardCheck, _ text: String) -> GuardRefusal { GuardRefusal(rule: rule, text: text) }
        switch subject.target {
        case .unreadable(let text):
            return DialTarget.isEmergency(writtenAs: text)
                ? refusal(.emergency, ProblemCode.emergencyNumber.sentence) : refusal(.malformed, ProblemCode.invalidNumber.sentence)
        case .short(let digits):
            guard !EmergencyNumbers.contains(short: digits), !subject.isEmergency else {
                return refusal(.emergency, ProblemCode.emergencyNumber.sentence)
            }
            // This installation's own numbers cost nothing and need no allowlist; they fall under the caps against floods.
            return nil
        case .e164(let number):
            let profile = subject.profile ?? .none
            guard !EmergencyNumbers.contains(international: String(number.dropFirst())) else {
                return refusal(.emergency, ProblemCode.emergencyNumber.sentence)
            }
            guard profile.isValid else { return refusal(.malformed, "\(capitalised(subject.shown)) is not a telephone number that can exist.") }
            return screen(number, profile, subject, rules)
        }
    }

    private static func screen(_ number: String, _ profile: NumberProfile, _ subject: Subject, _ rules: GuardRules) -> GuardRefusal? {
        // A rule with a prefix names numbers, one without names a kind or a country: the kind of rule is the kind of refusal.
        let blocking = rules.block.filter { $0.covers(number, profile) }
        if blocking.contains(where: { $0.prefix != nil }) {
            return GuardRefusal(rule: .blocklist, text: "Calls to \(subject.shown) are blocked here.")
        }
        let allowing = rules.allow.filter { $0.covers(number, profile) }
        if !subject.isGranted {
            if rules.dialing == .signed {
                return GuardRefusal(
                    rule: .signature, text: "Only links that were issued by this site may call \(subject.shown). Ask for such a link.")
            }
            guard !allowing.isEmpty else {
                return GuardRefusal(
                    rule: .allowlist,
                    text: "Calls to \(subject.shown) are not allowed here. Ask who runs this page to allow the number or to send a link for it.")
            }
        }
        if profile.type.isCostly && !allowing.contains(where: { $0.type == profile.type }) {
            return GuardRefusal(
                rule: .numberType, text: "\(capitalised(subject.shown)) is a number that costs extra, and such calls are not allowed here.")
        }
        if blocking.contains(where: { $0.type != nil }) {
            return GuardRefusal(rule: .numberType, text: "Calls to numbers of the kind of \(subject.shown) are not allowed here.")
        }
        if blocking.contains(where: { $0.country != nil }) {
            return GuardRefusal(rule: .country, text: "Calls to the country of \(subject.shown) are not allowed here.")
        }
        return nil
    }

    private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}

/// Whom a dial means. Parsed from what a person or a link wrote by `DialTarget.init(parsing:)`.
public enum DialTarget: Hashable, Sendable {
    /// A telephone number in E.164, 7–15 digits, kept with its leading `+`.
    case e164(String)
    /// 2–6 digits: an extension or a virtual number, never handed to a trunk.
    case short(String)
    /// What somebody wrote that is neither: kept so that the refusal can be looked up. At most 64 bytes, no control characters.
    case unreadable(String)

    /// As it is stored and compared: `+49…` or the digits.
    public var text: String {
        switch self {
        case .e164(let number): number
        case .short(let digits): digits
        case .unreadable(let text): text
        }
    }

    /// A number of the telephone network, which costs money and can be abused.
    public var isTelephone: Bool {
        if case .e164 = self { true } else { false }
    }
}

/// Whom a dial means. Parsed from what a person or a link wrote by `DialTarget.init(parsing:)`.
public enum DialTarget: Hashable, Sendable {
    /// A telephone number in E.164, 7–15 digits, kept with its leading `+`.
    case e164(String)
    /// 2–6 digits: an extension or a virtual number, never handed to a trunk.
    case short(String)

    /// As it is stored and compared: `+49…` or the digits.
    public var text: String {
        switch self {
        case .e164(let number): number
        case .short(let digits): digits
        }
    }
}

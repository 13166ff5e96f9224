/// One outbound SIP trunk: `tr_` and 12 lowercase hex digits, as the link's `trunk=` names it.
public struct TrunkID: PrefixedID {
    public static let prefix = "tr_"
    public static let digits = 12
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

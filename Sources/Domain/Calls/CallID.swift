/// One call: `ca_` and 24 lowercase hex digits. A refused dial is a call too.
public struct CallID: PrefixedID {
    public static let prefix = "ca_"
    public static let digits = 24
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

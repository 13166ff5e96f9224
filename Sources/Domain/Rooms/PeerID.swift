/// The place of one browser in one room: `pe_` and 24 lowercase hex digits.
///
/// It outlives the socket (a resume token takes it back), not the stay in the room.
public struct PeerID: PrefixedID {
    public static let prefix = "pe_"
    public static let digits = 24
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

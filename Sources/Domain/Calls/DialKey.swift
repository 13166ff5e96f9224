/// The key under which one page load asks for one dial: 8–64 of letters, digits and `-._~`. Sent again, it is the same dial.
public struct DialKey: ValidatedText {
    public let text: String

    public init?(_ text: String) {
        let bytes = text.utf8
        guard (8...64).contains(bytes.count), bytes.allSatisfy(\.isUnreserved) else { return nil }
        self.text = text
    }
}

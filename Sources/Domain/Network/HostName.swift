/// Where a server is: a host name (RFC 1123 section 2.1) or an address literal, without brackets and port.
public struct HostName: ValidatedText {
    public let text: String

    public init?(_ text: String) {
        if let address = IPAddress(text) {
            self.text = address.description
            return
        }
        guard (1...253).contains(text.utf8.count) else { return nil }
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy(Self.isLabel) else { return nil }
        // Only an address has a number as its last part, and this is none.
        guard let last = labels.last, !last.allSatisfy({ (48...57).contains($0) }) else { return nil }
        self.text = text.lowercased()
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) }
        guard (1...63).contains(label.count), let first = label.first, let last = label.last else { return false }
        return isLetterOrDigit(first) && isLetterOrDigit(last) && label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }
}

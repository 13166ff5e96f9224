/// The host of a URI or of a Via.
public enum Host: Hashable, Sendable {
    /// A domain name in small letters.
    case name(String)
    case address(IPAddress)

    /// Reads a name, four decimals or an IPv6 address in brackets.
    public init?(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    init?(_ bytes: ArraySlice<UInt8>) {
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 255 else { return nil }
        if first == UInt8(ascii: "[") {
            guard last == UInt8(ascii: "]"), let address = IPAddress(bytes.dropFirst().dropLast()), bytes.contains(UInt8(ascii: ":")) else {
                return nil
            }
            self = .address(address)
            return
        }
        // An underscore is in no host name by the grammar, and in many by the practice of containers.
        guard bytes.allSatisfy({ $0.isAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }) else {
            return nil
        }
        if let address = IPAddress(bytes) {
            self = .address(address)
            return
        }
        var labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
        // A name whose last label is a number is an address written wrongly, and is not looked up.
        guard labels.allSatisfy({ (1...63).contains($0.count) }), labels.last?.allSatisfy({ $0.isDigit }) == false else { return nil }
        self = .name(String(decoding: bytes.map(\.lowercased), as: UTF8.self))
    }

    /// The text as it stands in a URI or a Via.
    public var text: String {
        switch self {
        case .name(let name): name
        case .address(let address): address.hostText
        }
    }
}

extension TextScanner {
    /// A host and the port after it, if there is one; white space around the colon is allowed where `isLoose` (in a Via).
    mutating func hostAndPort(isLoose: Bool = false) -> (host: Host, port: UInt16?)? {
        let text: ArraySlice<UInt8>
        if next == UInt8(ascii: "[") {
            let inner = take { $0 != UInt8(ascii: "]") }
            guard take("]") else { return nil }
            text = inner + [UInt8(ascii: "]")]
        } else {
            text = take { $0.isAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }
        }
        guard let host = Host(text) else { return nil }
        guard isLoose ? takeSeparator(":") : take(":") else { return (host, nil) }
        let digits = take { $0.isDigit }
        guard digits.count <= 5, let port: UInt16 = decimal(digits), port > 0 else { return nil }
        return (host, port)
    }
}

/// The number and the method of a request (RFC 3261 section 20.16).
public struct CSeq: Hashable, Sendable {
    /// Below 2³¹ (RFC 3261 section 8.1.1.5).
    public var number: UInt32
    public var method: SIPMethod

    public init(_ number: UInt32, _ method: SIPMethod) {
        self.number = number
        self.method = method
    }

    /// Reads `4711 INVITE`.
    public init?(_ text: String) {
        var scanner = TextScanner(text)
        scanner.skipSpace()
        guard let number: UInt32 = decimal(scanner.take { $0.isDigit }), number < 1 << 31 else { return nil }
        guard scanner.next?.isSpace == true else { return nil }
        scanner.skipSpace()
        guard let name = scanner.token(), let method = SIPMethod(name), scanner.remainder().isEmpty else { return nil }
        self.init(number, method)
    }

    public var text: String { "\(number) \(method.name)" }
}

/// The signature of a request between the wings: HMAC-SHA256 over `ControlRequest.canonical`.
///
/// It travels as `Ringlink-Signature: t=1767225600,n=<32 hex>,v1=<64 hex>`, with a second `v1` while keys are rotated.
public struct ControlSignature: Sendable, Equatable {
    public static let headerName = "Ringlink-Signature"
    /// Seconds that `t` may lie before or after the verifier's clock.
    public static let tolerance: Int64 = 30

    /// Seconds since 1970 UTC.
    public let time: Int64
    public let nonce: ControlNonce
    /// One code of 32 bytes per key.
    let codes: [[UInt8]]

    /// Signs `request` as of `time` (seconds since 1970 UTC, not negative).
    public init(of request: ControlRequest, time: Int64, nonce: ControlNonce, keys: ControlKeys) {
        self.time = time
        self.nonce = nonce
        codes = keys.codes(for: Array(request.canonical(time: time, nonce: nonce).utf8))
    }

    /// The header's value.
    public var header: String {
        "t=\(time),n=\(nonce)" + codes.map { ",v1=" + HexDigits.encode($0) }.joined()
    }

    /// `nil` unless it is exactly the form that `header` writes, with one or two codes.
    public init?(header: String) {
        guard header.utf8.count <= 256 else { return nil }
        var fields = header.split(separator: ",", omittingEmptySubsequences: false)[...]
        guard (3...4).contains(fields.count),
            let time = fields.removeFirst().value(of: "t"), let seconds = Int64(canonicalDecimal: time),
            let nonce = fields.removeFirst().value(of: "n").flatMap(ControlNonce.init)
        else { return nil }
        guard let codes = ControlSignature.codes(of: fields) else { return nil }
        self.time = seconds
        self.nonce = nonce
        self.codes = codes
    }

    /// Reads fields `v1=<64 hex>`; `nil` if one is anything else.
    static func codes(of fields: ArraySlice<Substring>) -> [[UInt8]]? {
        let codes = fields.compactMap { $0.value(of: "v1").flatMap(HexDigits.decode) }
        return codes.count == fields.count && codes.allSatisfy { $0.count == 32 } ? codes : nil
    }

    /// Whether one of `keys` made this signature for `request`. Says nothing of its age or of a repetition.
    func fits(_ request: ControlRequest, keys: ControlKeys) -> Bool {
        request.isUnambiguous && keys.accept(codes, for: Array(request.canonical(time: time, nonce: nonce).utf8))
    }
}

extension Substring {
    /// What follows `name=`. Compared as bytes: to a `Character`, a combining mark would change the sign before it.
    fileprivate func value(of name: String) -> String? {
        let bytes = utf8
        guard bytes.starts(with: (name + "=").utf8) else { return nil }
        return String(bytes.dropFirst(name.utf8.count + 1))
    }
}

extension Int64 {
    /// Digits only, no leading zero, at most 12 of them: one number, one text.
    fileprivate init?(canonicalDecimal text: String) {
        let digits = text.utf8
        guard (1...12).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
            digits.count == 1 || digits.first != 48
        else { return nil }
        self.init(text)
    }
}

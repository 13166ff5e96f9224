import Crypto

/// The signature of an answer on the control endpoint, so that nobody in between can put words into the bridge's mouth.
///
/// It covers the nonce of the request, and so answers this request and no other. In the same header,
/// as `Ringlink-Signature: v1=<64 hex>`, with a second `v1` while keys are rotated.
public enum ControlAnswerSignature {
    /// What is signed: four lines, each ended by a line feed.
    package static func canonical(nonce: ControlNonce, status: Int, body: [UInt8]) -> String {
        """
        rl-control-v1-answer
        \(nonce)
        \(status)
        \(HexDigits.encode(SHA256.hash(data: body)))

        """
    }

    /// The header's value for the answer to the request with `nonce`.
    public static func header(nonce: ControlNonce, status: Int, body: [UInt8], keys: ControlKeys) -> String {
        keys.codes(for: Array(canonical(nonce: nonce, status: status, body: body).utf8))
            .map { "v1=" + HexDigits.encode($0) }.joined(separator: ",")
    }

    /// `nil` if the answer is the bridge's own to the request with `nonce`, else why it must not be believed
    /// (`unsigned`, `malformed` or `wrongSignature`).
    public static func refusal(
        of header: String?, nonce: ControlNonce, status: Int, body: [UInt8], keys: ControlKeys
    ) -> ControlRefusal? {
        guard let header else { return .unsigned }
        guard header.utf8.count <= 256 else { return .malformed }
        let fields = header.split(separator: ",", omittingEmptySubsequences: false)
        guard (1...2).contains(fields.count), let codes = ControlSignature.codes(of: fields[...]) else { return .malformed }
        let text = Array(canonical(nonce: nonce, status: status, body: body).utf8)
        return keys.accept(codes, for: text) ? nil : .wrongSignature
    }
}

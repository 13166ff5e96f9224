import Crypto

/// The key of one direction of the control endpoint, or two while it is being rotated.
///
/// Who signs, signs with each; who verifies, accepts any. So the two sides need not change over at the same moment.
public struct ControlKeys: Sendable {
    private let keys: [SymmetricKey]

    public init(_ current: SymmetricKey, previous: SymmetricKey? = nil) {
        keys = [current] + (previous.map { [$0] } ?? [])
    }

    func codes(for text: [UInt8]) -> [[UInt8]] {
        keys.map { Array(HMAC<SHA256>.authenticationCode(for: text, using: $0)) }
    }

    /// Constant time for each pair, and always all pairs: how long it takes does not tell which key or code fitted.
    func accept(_ codes: [[UInt8]], for text: [UInt8]) -> Bool {
        var accepted = false
        for key in keys {
            for code in codes where HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: text, using: key) {
                accepted = true
            }
        }
        return accepted
    }
}

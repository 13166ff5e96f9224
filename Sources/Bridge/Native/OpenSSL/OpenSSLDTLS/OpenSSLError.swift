import COpenSSL

/// OpenSSL could not do what a start needs; nothing that a peer sends leads to one.
public struct OpenSSLError: Error, Equatable, CustomStringConvertible {
    /// What was attempted.
    public var operation: String
    /// What OpenSSL says about it.
    public var reason: String

    public var description: String { "\(operation): \(reason)" }

    static func latest(_ operation: String) -> OpenSSLError {
        OpenSSLError(operation: operation, reason: latestReason())
    }

    /// The newest entry of this thread's error queue, which is emptied.
    static func latestReason() -> String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0, let text = ERR_reason_error_string(code) else { return "no reason given" }
        return String(cString: text)
    }
}

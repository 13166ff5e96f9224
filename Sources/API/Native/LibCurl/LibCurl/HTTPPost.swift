/// One message to one server.
public struct HTTPPost: Sendable {
    /// Absolute, `https` or `http`.
    public var url: String
    /// Neither name nor value holds a control character; a message that does is refused as `malformedRequest`.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// Whether plain `http` is acceptable for this message; the address is judged in any case.
    public var allowsPlainHTTP: Bool

    public init(url: String, headers: [(name: String, value: String)], body: [UInt8], allowsPlainHTTP: Bool = false) {
        self.url = url
        self.headers = headers
        self.body = body
        self.allowsPlainHTTP = allowsPlainHTTP
    }
}

/// What a server answered.
public struct HTTPAnswer: Sendable, Equatable {
    public var status: Int
    /// The seconds that `Retry-After` asks for, whether it named them or a date; `nil` if it did not ask.
    public var retryAfterSeconds: Int64?
    /// Its body, up to the limit.
    public var body: [UInt8]
    /// The body went on beyond the limit, or broke off: the connection was closed there.
    public var isCut: Bool

    public init(status: Int, retryAfterSeconds: Int64? = nil, body: [UInt8] = [], isCut: Bool = false) {
        self.status = status
        self.retryAfterSeconds = retryAfterSeconds
        self.body = body
        self.isCut = isCut
    }
}

/// Why there is no answer.
public enum HTTPFailure: Error, Sendable, Equatable {
    /// The message itself cannot be sent: its URL, its scheme, or a header.
    case malformedRequest
    /// The name has no address.
    case unresolved
    /// Every address that was tried is one that the policy refuses.
    case refusedAddress
    case unreachable
    /// TLS failed: an invalid certificate, a wrong host, no common version.
    case untrusted
    case timedOut
    /// What came is not HTTP, or its heads are without end.
    case malformedAnswer
    /// The connection broke.
    case interrupted
    /// More messages are under way than the client may have.
    case exhausted
    /// The task was cancelled, or the client is shut down.
    case cancelled
}

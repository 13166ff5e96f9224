import Domain

/// Sends messages to servers that others chose, as an untrusting client: no redirects, no proxy, no cookies, HTTP/1.1,
/// TLS verified, everything bounded, and every address asked of the policy at the moment of connecting.
///
/// All transfers run on one thread of its own. It is the only owner of libcurl's handles, which never leave that thread.
public final class CurlClient: Sendable {
    public struct Configuration: Sendable {
        public var policy: EgressPolicy
        /// From the look-up of the name to the end of the TLS handshake.
        public var connectMilliseconds: Int
        /// The whole of a transfer.
        public var totalMilliseconds: Int
        /// Bytes of an answer's body that are read.
        public var bodyLimit: Int
        /// Messages under way at once; the next one fails `exhausted`.
        public var maximumInFlight: Int
        public var userAgent: String
        /// A PEM file of certificate authorities; `nil` for the system's.
        public var authorities: String?

        public init(
            policy: EgressPolicy, connectMilliseconds: Int = 10_000, totalMilliseconds: Int = 15_000, bodyLimit: Int = 65_536,
            maximumInFlight: Int = 64, userAgent: String = "Ringlink", authorities: String? = nil
        ) {
            self.policy = policy
            self.connectMilliseconds = connectMilliseconds
            self.totalMilliseconds = totalMilliseconds
            self.bodyLimit = bodyLimit
            self.maximumInFlight = maximumInFlight
            self.userAgent = userAgent
            self.authorities = authorities
        }
    }

    private let thread: CurlThread

    /// Throws `exhausted` if the system gives no thread or libcurl no handle.
    public init(_ configuration: Configuration) throws(HTTPFailure) {
        thread = try CurlThread(configuration)
    }

    deinit { thread.stop() }

    /// Sends a message and waits for the answer; a cancelled task gets `cancelled` at once.
    public func send(_ post: HTTPPost) async throws(HTTPFailure) -> HTTPAnswer {
        let ticket = thread.ticket()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in thread.submit(post, ticket: ticket, continuation) }
        } onCancel: {
            thread.cancel(ticket)
        }
        return try result.get()
    }

    /// Ends everything under way with `cancelled`, and refuses what comes later.
    public func shutdown() { thread.stop() }
}

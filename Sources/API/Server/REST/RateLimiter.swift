import HTTPTypes
import Store

/// How often each API key may ask: a bucket of `perMinute` tokens that refills evenly. It counts in this process alone.
final class RateLimiter: Sendable {
    /// What one request has come to.
    struct Verdict: Sendable, Equatable {
        var isAdmitted: Bool
        var limit: Int
        /// Tokens that are left.
        var remaining: Int
        /// Seconds until the bucket is full again.
        var resetSeconds: Int
        /// Seconds until there is a token.
        var retrySeconds: Int

        /// draft-ietf-httpapi-ratelimit-headers, in the form that clients know.
        var headers: HTTPFields {
            [.rateLimitLimit: String(limit), .rateLimitRemaining: String(remaining), .rateLimitReset: String(resetSeconds)]
        }
    }

    private let perMinute: Int
    /// Only valid keys get one.
    private let buckets: TokenBuckets<APIKeyID>

    init(perMinute: Int) {
        self.perMinute = max(1, perMinute)
        buckets = TokenBuckets(burst: self.perMinute, refill: .seconds(60) / self.perMinute)
    }

    /// Takes a token of `key` at `now` (monotonic).
    func take(_ key: APIKeyID, now: Duration) -> Verdict {
        let (isAdmitted, bucket) = buckets.take(key, now: now)
        return Verdict(
            isAdmitted: isAdmitted, limit: perMinute, remaining: bucket.tokens, resetSeconds: bucket.untilFull(now: now).roundedUpSeconds,
            retrySeconds: max(1, bucket.untilNext(now: now).roundedUpSeconds))
    }
}

extension Duration {
    fileprivate var roundedUpSeconds: Int { Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0) }
}

extension HTTPField.Name {
    static let rateLimitLimit = HTTPField.Name("RateLimit-Limit")!
    static let rateLimitRemaining = HTTPField.Name("RateLimit-Remaining")!
    static let rateLimitReset = HTTPField.Name("RateLimit-Reset")!
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let idempotentReplayed = "Idempotent-Replayed"
}

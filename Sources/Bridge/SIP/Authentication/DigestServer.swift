import Crypto

/// The asking side of digest authentication (RFC 3261 section 22.4, RFC 8760).
///
/// It keeps nothing for a challenge: a nonce carries its time under a seal. Only a right password leaves a trace, the
/// count of the nonce that it used, and there is a limit on those.
public struct DigestServer: Sendable {
    /// What credentials are worth.
    public enum Verdict: Equatable, Sendable {
        /// The password was right.
        case authentic(username: String)
        /// There are no credentials for our realm: challenge.
        case missing
        /// Right as far as can be told, but with a nonce that has aged, was used before, or is of an earlier start:
        /// challenge with `stale`.
        case stale
        /// Unknown user or wrong password, which look the same.
        case wrong
    }

    /// Without quotes.
    public let realm: String
    private let key: SymmetricKey
    private let lifetime: UInt64
    private var uses: NonceUses

    /// - Parameters:
    ///   - key: 32 random bytes, of this start of the process only.
    ///   - nonceLifetime: for how long a client may use one nonce.
    ///   - maximumNonces: nonces in use at a time.
    public init(realm: String, key: [UInt8], nonceLifetime: Duration = .seconds(300), maximumNonces: Int = 16_384) {
        self.realm = realm.filter { $0 != "\"" && $0 != "\\" }
        self.key = SymmetricKey(data: key)
        lifetime = nonceLifetime.wholeMilliseconds
        uses = NonceUses(limit: maximumNonces)
    }

    /// The challenges of a 401, the better one first (RFC 8760 section 2.3).
    public func challenges(isStale: Bool, now: Duration, using generator: inout some RandomNumberGenerator) -> [DigestChallenge] {
        let nonce = SealedNonce(now: now, using: &generator).text(key: key)
        return [DigestAlgorithm.sha256, .md5].map { DigestChallenge(realm: realm, nonce: nonce, algorithm: $0, isStale: isStale) }
    }

    /// Checks the credentials of a request.
    /// - Parameter secret: what is known of a user; `nil` for an unknown one.
    public mutating func verify(_ request: SIPRequest, now: Duration, secret: (_ username: String) -> DigestSecret?) -> Verdict {
        let lines = request.headers.lines(.authorization).prefix(4)
        guard let credentials = lines.lazy.compactMap({ DigestCredentials($0) }).first(where: { $0.realm == realm }) else { return .missing }
        let computation = DigestComputation(
            credentials.algorithm, method: request.method, uri: credentials.uri, nonce: credentials.nonce, protection: credentials.protection,
            sessionCnonce: credentials.sessionCnonce)
        // An unknown user costs the same work and gets the same answer.
        let known = secret(credentials.username)?.ha1(credentials.algorithm)
        let expected = computation.response(ha1: known ?? credentials.algorithm.hash("nobody"))
        let isRight = equalInConstantTime(expected, String(decoding: credentials.response.utf8.map(\.lowercased), as: UTF8.self))
        guard isRight, known != nil, Self.isUsual(credentials.uri, of: request) else { return .wrong }
        let time = now.wholeMilliseconds
        guard let nonce = SealedNonce(credentials.nonce, key: key), nonce.made <= time, time - nonce.made <= lifetime else { return .stale }
        uses.forget(before: time > lifetime ? time - lifetime : 0)
        guard uses.use(nonce, count: credentials.nonceCount ?? 0) else { return .stale }
        return .authentic(username: credentials.username)
    }

    /// How many nonces are remembered.
    public var noncesInUse: Int { uses.count }

    /// Whether credentials were made for this request. Clients differ in whether they write port and parameters.
    private static func isUsual(_ uri: String, of request: SIPRequest) -> Bool {
        guard let named = SIPURI(uri), let asked = request.uri.sip else { return uri == request.uri.text }
        return named.host == asked.host && named.user == asked.user && (named.port ?? 5060) == (asked.port ?? 5060)
    }
}

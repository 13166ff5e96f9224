/// The answering side of digest authentication (RFC 3261 section 22, RFC 8760): one user towards one peer.
///
/// Give it each 401 and 407; if it says `retry`, send the request again, with a new CSeq, after `authorize`. It keeps
/// the last challenge of each realm, so that later requests carry credentials from the start. After any other final
/// response call `settle`: only then may the same realm be answered anew.
public struct DigestClient: Sendable {
    /// What a challenge leads to.
    public enum Verdict: Equatable, Sendable {
        /// Send the request again.
        case retry
        /// The credentials were refused: sending them again would not help.
        case refused
        /// No challenge that we can answer: another scheme, algorithm or `qop`.
        case unsupported
    }

    /// Realms that are remembered.
    public static let maximumRealms = 4
    /// Answers with a fresh nonce to a peer that calls each one stale, for one request.
    public static let maximumStale = 3
    private static let maximumChallenges = 16

    public let username: String
    private let password: String
    private var answers: [Answer] = []

    /// One realm's challenge and how often it has been used.
    private struct Answer: Sendable {
        var isProxy: Bool
        var challenge: DigestChallenge
        var cnonce: String
        var ha1: String
        var count: UInt32 = 0
        /// Challenges taken since the last `settle`.
        var attempts = 1
        /// Whether credentials for this challenge have gone out since it came or since the last `settle`.
        var isSent = false
    }

    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }

    /// Takes the challenges of a 401 or a 407.
    public mutating func receive(_ response: SIPResponse, using generator: inout some RandomNumberGenerator) -> Verdict {
        let isProxy = response.status == 407
        guard isProxy || response.status == 401 else { return .unsupported }
        var strongest: [DigestChallenge] = []
        for line in response.headers.lines(isProxy ? .proxyAuthenticate : .wwwAuthenticate).prefix(Self.maximumChallenges) {
            guard let challenge = DigestChallenge(line), challenge.protection != .unsupported else { continue }
            if let index = strongest.firstIndex(where: { $0.realm == challenge.realm }) {
                if challenge.algorithm.strength > strongest[index].algorithm.strength { strongest[index] = challenge }
            } else if strongest.count < Self.maximumRealms {
                strongest.append(challenge)
            }
        }
        guard !strongest.isEmpty else { return .unsupported }
        // Of several realms those that we have not answered yet may be the ones that are missing.
        var verdict = Verdict.refused
        for challenge in strongest where take(challenge, isProxy: isProxy, using: &generator) { verdict = .retry }
        return verdict
    }

    /// Remembers a challenge; `false` if it has been answered already with what we have.
    private mutating func take(_ challenge: DigestChallenge, isProxy: Bool, using generator: inout some RandomNumberGenerator) -> Bool {
        var answer = Answer(
            isProxy: isProxy, challenge: challenge, cnonce: Self.nonce(using: &generator),
            ha1: DigestComputation.ha1(challenge.algorithm, username: username, realm: challenge.realm, password: password))
        guard let index = answers.firstIndex(where: { $0.isProxy == isProxy && $0.challenge.realm == challenge.realm }) else {
            if answers.count == Self.maximumRealms { answers.removeFirst() }
            answers.append(answer)
            return true
        }
        let before = answers[index]
        answer.attempts = before.attempts + 1
        let isSameNonce = before.challenge.nonce == challenge.nonce
        if before.isSent {
            // A nonce kept from an earlier request may have aged without the peer saying so: that is one more try.
            let isAged = before.attempts == 0 && !isSameNonce
            guard isAged || challenge.isStale && before.attempts < Self.maximumStale else { return false }
        }
        if isSameNonce, before.challenge.algorithm == challenge.algorithm {
            // A count may not come twice with its nonce.
            answer.cnonce = before.cnonce
            answer.count = before.count
        }
        answers[index] = answer
        return true
    }

    /// Notes that a request has come through: what is asked after this is asked anew.
    public mutating func settle() {
        for index in answers.indices {
            answers[index].attempts = 0
            answers[index].isSent = false
        }
    }

    /// Puts the credentials for all known realms into a request, in place of those that are there.
    ///
    /// ACK and CANCEL must not be given to it as new requests: they carry what their INVITE carried, or nothing (section 22.1).
    public mutating func authorize(_ request: inout SIPRequest) {
        request.headers.remove(.authorization)
        request.headers.remove(.proxyAuthorization)
        // A count that has run out ends the use of its nonce.
        answers.removeAll { $0.count == .max }
        for index in answers.indices {
            answers[index].count += 1
            answers[index].isSent = true
            let answer = answers[index]
            let digits = String(answer.count, radix: 16)
            let protection = DigestComputation.Protection(
                nonceCount: String(repeating: "0", count: 8 - digits.utf8.count) + digits, cnonce: answer.cnonce)
            let isProtected = answer.challenge.protection == .auth
            let algorithm = answer.challenge.algorithm
            let computation = DigestComputation(
                algorithm, method: request.method, uri: request.uri.text, nonce: answer.challenge.nonce, protection: isProtected ? protection : nil,
                sessionCnonce: !isProtected && algorithm.isSession ? answer.cnonce : nil)
            let credentials = DigestCredentials(
                answer: computation.response(ha1: answer.ha1), of: computation, username: username, to: answer.challenge)
            request.headers.append(answer.isProxy ? .proxyAuthorization : .authorization, credentials.text)
        }
    }

    private static func nonce(using generator: inout some RandomNumberGenerator) -> String {
        Hexadecimal.text(generator.next()) + Hexadecimal.text(generator.next())
    }
}

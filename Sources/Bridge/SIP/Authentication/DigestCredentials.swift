/// A value of Authorization or Proxy-Authorization (RFC 7616 section 3.4).
public struct DigestCredentials: Equatable, Sendable {
    /// In plain text.
    public var username: String
    /// This and the following are without quotes, escapes kept.
    public var realm: String
    public var nonce: String
    public var uri: String
    public var response: String
    public var opaque: String?
    public var namedAlgorithm: DigestAlgorithm?
    public var protection: DigestComputation.Protection?
    /// The client's nonce of a session algorithm where there is no `qop`.
    public var sessionCnonce: String?

    public var algorithm: DigestAlgorithm { namedAlgorithm ?? .md5 }

    init(answer response: String, of computation: DigestComputation, username: String, to challenge: DigestChallenge) {
        self.username = username
        realm = challenge.realm
        nonce = challenge.nonce
        uri = computation.uri
        self.response = response
        opaque = challenge.opaque
        namedAlgorithm = challenge.namedAlgorithm
        protection = computation.protection
        sessionCnonce = computation.sessionCnonce
    }

    /// Reads the value of one header line.
    /// - Returns: `nil` for another scheme or algorithm, for a `qop` other than `auth`, and where something is missing.
    public init?(_ text: String) {
        guard let parameters = AuthenticationParameters(digest: text), let username = parameters["username"], let realm = parameters["realm"],
            let nonce = parameters["nonce"], let uri = parameters["uri"], let response = parameters["response"]
        else { return nil }
        self.username = Self.unescaped(username)
        self.realm = realm
        self.nonce = nonce
        self.uri = uri
        self.response = response
        opaque = parameters["opaque"]
        if let name = parameters["algorithm"] {
            guard let algorithm = DigestAlgorithm(name: name) else { return nil }
            namedAlgorithm = algorithm
        }
        if let qop = parameters["qop"] {
            guard equalIgnoringCase(qop, "auth"), let count = parameters["nc"], let cnonce = parameters["cnonce"], count.utf8.count == 8,
                count.utf8.allSatisfy({ $0.hexValue != nil })
            else { return nil }
            protection = DigestComputation.Protection(nonceCount: count, cnonce: cnonce)
        } else {
            sessionCnonce = parameters["cnonce"]
        }
    }

    /// The count of uses of the nonce; `nil` without `qop`.
    public var nonceCount: UInt32? { protection.flatMap { UInt32($0.nonceCount, radix: 16) } }

    public var text: String {
        var writer = AuthenticationWriter()
        writer.quoted("username", escaping: username)
        writer.quoted("realm", raw: realm)
        writer.quoted("nonce", raw: nonce)
        writer.quoted("uri", raw: uri)
        writer.quoted("response", raw: response)
        if let namedAlgorithm { writer.plain("algorithm", namedAlgorithm.rawValue) }
        if let opaque { writer.quoted("opaque", raw: opaque) }
        if let protection {
            writer.plain("qop", "auth")
            writer.plain("nc", protection.nonceCount)
            writer.quoted("cnonce", raw: protection.cnonce)
        } else if let sessionCnonce {
            writer.quoted("cnonce", raw: sessionCnonce)
        }
        return writer.text
    }

    private static func unescaped(_ raw: String) -> String {
        guard raw.utf8.contains(UInt8(ascii: "\\")) else { return raw }
        var scanner = TextScanner("\"\(raw)\"")
        return scanner.quotedString() ?? raw
    }
}

/// A value of WWW-Authenticate or Proxy-Authenticate (RFC 7616 section 3.3).
public struct DigestChallenge: Equatable, Sendable {
    /// What is asked for besides the plain form.
    public enum Protection: Hashable, Sendable {
        /// No `qop`: the form of RFC 2069.
        case none
        /// `qop` offers `auth`.
        case auth
        /// `qop` offers only what we do not speak, such as `auth-int`.
        case unsupported
    }

    /// Without quotes, escapes kept.
    public var realm: String
    public var nonce: String
    public var opaque: String?
    /// `nil` where none is named, which means MD5.
    public var namedAlgorithm: DigestAlgorithm?
    public var protection: Protection
    /// The password was right, only the nonce was too old.
    public var isStale: Bool

    public var algorithm: DigestAlgorithm { namedAlgorithm ?? .md5 }

    public init(
        realm: String, nonce: String, opaque: String? = nil, algorithm: DigestAlgorithm?, protection: Protection = .auth, isStale: Bool = false
    ) {
        self.realm = realm
        self.nonce = nonce
        self.opaque = opaque
        namedAlgorithm = algorithm
        self.protection = protection
        self.isStale = isStale
    }

    /// Reads the value of one header line.
    /// - Returns: `nil` for another scheme, an algorithm that we do not speak, and what has no realm or nonce.
    public init?(_ text: String) {
        guard let parameters = AuthenticationParameters(digest: text), let realm = parameters["realm"], let nonce = parameters["nonce"],
            !nonce.isEmpty
        else { return nil }
        self.realm = realm
        self.nonce = nonce
        opaque = parameters["opaque"]
        if let name = parameters["algorithm"] {
            guard let algorithm = DigestAlgorithm(name: name) else { return nil }
            namedAlgorithm = algorithm
        }
        if let qop = parameters["qop"] {
            let offered = Array(qop.utf8).split(separator: UInt8(ascii: ",")).map { String(decoding: $0.trimmingSpace(), as: UTF8.self) }
            protection = offered.contains { equalIgnoringCase($0, "auth") } ? .auth : .unsupported
        } else {
            protection = .none
        }
        isStale = parameters["stale"].map { equalIgnoringCase($0, "true") } ?? false
    }

    public var text: String {
        var writer = AuthenticationWriter()
        writer.quoted("realm", raw: realm)
        writer.quoted("nonce", raw: nonce)
        if let opaque { writer.quoted("opaque", raw: opaque) }
        if let namedAlgorithm { writer.plain("algorithm", namedAlgorithm.rawValue) }
        if protection == .auth { writer.quoted("qop", raw: "auth") }
        if isStale { writer.plain("stale", "true") }
        return writer.text
    }
}

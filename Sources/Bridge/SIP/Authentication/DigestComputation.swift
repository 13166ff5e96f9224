/// The one value that proves the knowledge of a password (RFC 7616 section 3.4.1).
public struct DigestComputation: Sendable {
    public var algorithm: DigestAlgorithm
    public var method: SIPMethod
    /// The `uri` of the credentials, exactly as it stands there.
    public var uri: String
    public var nonce: String
    /// The count and the client's nonce of `qop=auth`; `nil` for the form of RFC 2069.
    public var protection: Protection?
    /// The client's nonce where a session algorithm needs it without `qop`.
    public var sessionCnonce: String?

    /// What `qop=auth` adds.
    public struct Protection: Equatable, Sendable {
        /// Eight hexadecimal digits, exactly as they stand in the credentials.
        public var nonceCount: String
        public var cnonce: String

        public init(nonceCount: String, cnonce: String) {
            self.nonceCount = nonceCount
            self.cnonce = cnonce
        }
    }

    public init(
        _ algorithm: DigestAlgorithm, method: SIPMethod, uri: String, nonce: String, protection: Protection?, sessionCnonce: String? = nil
    ) {
        self.algorithm = algorithm
        self.method = method
        self.uri = uri
        self.nonce = nonce
        self.protection = protection
        self.sessionCnonce = sessionCnonce
    }

    /// What a server has to know instead of the password.
    public static func ha1(_ algorithm: DigestAlgorithm, username: String, realm: String, password: String) -> String {
        algorithm.hash("\(username):\(realm):\(password)")
    }

    /// The value of `response`.
    /// - Parameter ha1: that of the plain algorithm, also for a session algorithm.
    public func response(ha1: String) -> String {
        let ha1 = algorithm.isSession ? algorithm.hash("\(ha1):\(nonce):\(protection?.cnonce ?? sessionCnonce ?? "")") : ha1
        let ha2 = algorithm.hash("\(method.name):\(uri)")
        guard let protection else { return algorithm.hash("\(ha1):\(nonce):\(ha2)") }
        return algorithm.hash("\(ha1):\(nonce):\(protection.nonceCount):\(protection.cnonce):auth:\(ha2)")
    }
}

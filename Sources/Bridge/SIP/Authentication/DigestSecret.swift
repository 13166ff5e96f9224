/// What a server knows of a user instead of the password: HA1 of each hash, in hexadecimal digits, for its realm.
public struct DigestSecret: Sendable {
    public var md5: String?
    public var sha256: String?

    public init(md5: String?, sha256: String?) {
        self.md5 = md5
        self.sha256 = sha256
    }

    /// That of a password in clear, as a test or a setup command has it.
    public init(username: String, realm: String, password: String) {
        md5 = DigestComputation.ha1(.md5, username: username, realm: realm, password: password)
        sha256 = DigestComputation.ha1(.sha256, username: username, realm: realm, password: password)
    }

    func ha1(_ algorithm: DigestAlgorithm) -> String? {
        switch algorithm {
        case .md5, .md5Session: md5
        case .sha256, .sha256Session: sha256
        }
    }
}

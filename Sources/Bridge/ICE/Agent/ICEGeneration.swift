/// The credentials of one run of ICE, from an offer and its answer to the next restart (RFC 8445 section 2.4).
struct ICEGeneration: Sendable {
    let local: ICECredentials
    let key: STUNIntegrityKey
    /// USERNAME of the peer's checks: our fragment, a colon, its own (RFC 8445 section 7.2.2).
    private let username: [UInt8]

    init(local: ICECredentials, remoteUfrag: String) {
        self.local = local
        key = STUNIntegrityKey(password: local.password)
        username = Array("\(local.ufrag):\(remoteUfrag)".utf8)
    }

    func isUsername(_ range: Range<Int>, of datagram: Span<UInt8>) -> Bool {
        guard range.count == username.count else { return false }
        for index in 0..<username.count where datagram[range.lowerBound + index] != username[index] { return false }
        return true
    }
}

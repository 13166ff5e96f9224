import ICE

/// An agent and its peer, with a path that can be changed.
final class TestPeer {
    static let credentials = ICECredentials(ufrag: "lOcAl+/7", password: "pAsSwOrD0123456789abcdef")!
    static let remoteUfrag = "rEmO"

    var agent: ICELiteAgent
    private(set) var response: [UInt8] = []

    init(now: Duration = .zero) {
        agent = ICELiteAgent(local: Self.credentials, remoteUfrag: Self.remoteUfrag, now: now)
    }

    static func path(_ number: UInt16) -> TransportPath {
        TransportPath(
            local: TransportAddress(ipv4: 0xC000_0201, port: 3478),
            remote: TransportAddress(ipv4: 0xCB00_7100, port: number))
    }

    static func request(
        username: String = "lOcAl+/7:rEmO", password: String = credentials.password, nominating: Bool = false,
        role: STUNBindingRequest.Role = .controlling(tieBreaker: 1)
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        STUNBindingRequest(
            transactionID: TestVectors.transaction, username: username, priority: 0x6e00_01ff, role: role,
            isNominating: nominating
        ).append(key: STUNIntegrityKey(password: password), to: &bytes)
        return bytes
    }

    @discardableResult
    func receive(_ datagram: [UInt8], on path: UInt16 = 1, at now: Duration = .zero) -> ICEOutcome {
        response.removeAll(keepingCapacity: true)
        return agent.receive(datagram.span, on: Self.path(path), now: now, response: &response)
    }

    var answer: STUNMessage? {
        let bytes = response
        return try? STUNMessage(bytes.span)
    }
    var isAnswerAuthentic: Bool {
        let bytes = response
        return answer?.isAuthentic(in: bytes.span, key: STUNIntegrityKey(password: Self.credentials.password)) ?? false
    }
    var selected: UInt16? { agent.selectedPath?.remote.port }
    // `#expect` copies what a function is called on, and an agent is not copied.
    var deadline: ICEDeadline? { agent.deadline }
    var isNominated: Bool { agent.isNominated }
    var counters: ICECounters { agent.counters }
    var ufrags: [String?] { [agent.localUfrag, agent.previousLocalUfrag] }
    func isValidated(_ path: UInt16) -> Bool { agent.isValidated(Self.path(path)) }
    func isSilent(at now: Duration) -> Bool { agent.isSilent(now: now) }
    func handleDeadline(at now: Duration) -> ICEDeadline.Reason? { agent.handleDeadline(now: now) }
}

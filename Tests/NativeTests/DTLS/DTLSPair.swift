import Media
import OpenSSLDTLS
import RTP

/// A client and a server with a network between them that does what a test says.
final class DTLSPair {
    enum Side: Sendable { case client, server }

    /// What became of the datagrams of one side: each one is replaced by these, in this order.
    typealias Network = (_ datagram: [UInt8], _ from: Side) -> [[UInt8]]

    let client: OpenSSLAssociation
    let server: OpenSSLAssociation
    private(set) var now = Duration.zero
    private(set) var progress: [Side: [DTLSProgress]] = [.client: [], .server: []]
    private(set) var sizes: [Int] = []
    private var network: Network

    static let clientCertificate = Result { try DTLSCertificate() }
    static let serverCertificate = Result { try DTLSCertificate() }

    /// OpenSSL takes a timer for expired when less than 15 ms of it are left: a lost flight costs a test one millisecond.
    static let quick = RetransmissionSchedule(first: .milliseconds(16), longest: .milliseconds(16))

    init(
        clientProfiles: [SRTPProfile] = SRTPProfile.allCases, serverProfiles: [SRTPProfile] = SRTPProfile.allCases, clientMTU: Int = 1200,
        network: @escaping Network = { datagram, _ in [datagram] }
    ) throws {
        client = try OpenSSLAssociation(
            certificate: Self.clientCertificate.get(), role: .client, profiles: clientProfiles, mtu: clientMTU, retransmission: Self.quick)
        server = try OpenSSLAssociation(
            certificate: Self.serverCertificate.get(), role: .server, profiles: serverProfiles, retransmission: Self.quick)
        self.network = network
    }

    func isEstablished(_ side: Side) -> Bool { keys(side) != nil }

    func keys(_ side: Side) -> SRTPKeyingMaterial? {
        for case .established(let keys, _) in progress[side] ?? [] { return keys }
        return nil
    }

    func peerFingerprint(_ side: Side) -> [UInt8]? {
        for case .established(_, let fingerprint) in progress[side] ?? [] { return fingerprint }
        return nil
    }

    /// Runs until both sides have come to an end or nothing more will happen.
    /// - Returns: whether both are established.
    @discardableResult
    func run(rounds: Int = 2_000_000) -> Bool {
        for _ in 0..<rounds {
            if exchange() { continue }
            if isEstablished(.client), isEstablished(.server) { return true }
            guard let next = [client.deadline, server.deadline].compactMap({ $0 }).min() else { return false }
            now = max(now, next)
            note(client.handleDeadline(now: now), .client)
            note(server.handleDeadline(now: now), .server)
        }
        return false
    }

    /// Carries what waits on both sides.
    /// - Returns: whether there was anything.
    @discardableResult
    func exchange() -> Bool {
        let toServer = outgoing(of: client, .client)
        for datagram in toServer { note(server.receive(datagram, now: now), .server) }
        let toClient = outgoing(of: server, .server)
        for datagram in toClient { note(client.receive(datagram, now: now), .client) }
        return !toServer.isEmpty || !toClient.isEmpty
    }

    private func outgoing(of association: OpenSSLAssociation, _ side: Side) -> [[UInt8]] {
        var passed: [[UInt8]] = []
        var datagram: [UInt8] = []
        while association.takeDatagram(into: &datagram) {
            sizes.append(datagram.count)
            passed += network(datagram, side)
            datagram = []
        }
        return passed
    }

    private func note(_ result: DTLSProgress, _ side: Side) {
        if result != .pending { progress[side, default: []].append(result) }
    }
}

import Domain
import Glibc
import Linux
import Store

/// Asks every trunk that may be used whether it is there: SIP OPTIONS (RFC 3261 section 11), all at once. Any answer will do.
struct TrunkCheck {
    private static let patience = Duration.seconds(3)

    let trunks: [DatabaseFacts.Trunk]

    var findings: [Finding] {
        guard !trunks.isEmpty else { return [.good("trunks", "There is none that may be used.")] }
        guard let socket = try? UDPSocket(bind: SocketAddress(ipv4: 0, port: 0)), let batch = try? DatagramBatch(capacity: 16, datagramSize: 2_048)
        else {
            return [.skipped("trunks", "No socket could be opened to ask them.")]
        }
        var waiting: [String: DatabaseFacts.Trunk] = [:]
        var findings: [Finding] = []
        var generator = SystemRandomNumberGenerator()
        for trunk in trunks {
            guard let address = HostLookup.addresses(of: trunk.host, port: trunk.port).first(where: \.isIPv4) else {
                findings.append(.bad("trunks", "«\(trunk.name)»: its host has no IPv4 address."))
                continue
            }
            let id = HexDigits.random(count: 24, using: &generator)
            let request = Array(
                Self.options(to: trunk, id: id, from: UDPSocket.source(towards: address)?.host ?? "127.0.0.1", socket.localAddress.port).utf8)
            guard socket.send(request, 0..<request.count, to: address) == .sent else {
                findings.append(.bad("trunks", "«\(trunk.name)»: there is no way to its address."))
                continue
            }
            waiting[id] = trunk
        }
        findings += answers(socket, batch, &waiting)
        findings += waiting.values.map {
            .bad(
                "trunks",
                "«\($0.name)» does not answer OPTIONS within \(Self.patience.components.seconds) s. Are host and port right, and does UDP get out?")
        }
        return findings
    }

    private func answers(_ socket: UDPSocket, _ batch: DatagramBatch, _ waiting: inout [String: DatabaseFacts.Trunk]) -> [Finding] {
        var findings: [Finding] = []
        let deadline = MonotonicClock.now() + Self.patience
        while !waiting.isEmpty, MonotonicClock.now() < deadline {
            var poll = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, 100) > 0 else { continue }
            var texts: [String] = []
            _ = batch.receive(from: socket) { datagram, _, _, _ in
                texts.append(String(decoding: datagram, as: UTF8.self))
            }
            for text in texts where text.hasPrefix("SIP/2.0 ") {
                guard let id = waiting.keys.first(where: { text.contains($0) }), let trunk = waiting.removeValue(forKey: id) else { continue }
                findings.append(.good("trunks", "«\(trunk.name)» answers OPTIONS (\(text.dropFirst(8).prefix(3)))."))
            }
        }
        return findings
    }

    private static func options(to trunk: DatabaseFacts.Trunk, id: String, from host: String, _ port: UInt16) -> String {
        [
            "OPTIONS sip:\(trunk.host):\(trunk.port) SIP/2.0", "Via: SIP/2.0/UDP \(host):\(port);branch=z9hG4bK\(id);rport", "Max-Forwards: 70",
            "From: <sip:ringlink@\(host)>;tag=\(id.prefix(8))", "To: <sip:\(trunk.host):\(trunk.port)>", "Call-ID: \(id)", "CSeq: 1 OPTIONS",
            "Contact: <sip:ringlink@\(host):\(port)>", "Accept: application/sdp", "User-Agent: \(Build.stamp)", "Content-Length: 0", "", "",
        ].joined(separator: "\r\n")
    }
}

import Media
import OpenSSLDTLS
import RTP
import Testing

struct DTLSLossTests {
    @Test("Any one datagram of the handshake may be lost", arguments: 0..<6)
    func oneLost(index: Int) throws {
        var count = 0
        let pair = try DTLSPair { datagram, _ in
            defer { count += 1 }
            return count == index ? [] : [datagram]
        }
        #expect(pair.run())
        #expect(pair.keys(.client)?.local == pair.keys(.server)?.remote)
    }

    @Test("The handshake survives loss, duplication and reordering", arguments: 0..<24)
    func badNetwork(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var delayed: [DTLSPair.Side: [[UInt8]]] = [:]
        let pair = try DTLSPair { datagram, side in
            if random.chance(20) { return [] }
            if random.chance(20) {
                delayed[side, default: []].append(datagram)
                return []
            }
            var passed = [datagram]
            if random.chance(20) { passed.append(datagram) }
            passed += delayed.removeValue(forKey: side) ?? []
            return passed
        }
        #expect(pair.run())
        #expect(pair.keys(.client)?.local == pair.keys(.server)?.remote)
        #expect(pair.keys(.client)?.remote == pair.keys(.server)?.local)
    }

    @Test("Without any answer the client sends its hello 13 times and gives up")
    func givesUp() throws {
        let pair = try DTLSPair { _, _ in [] }
        #expect(!pair.run())
        #expect(pair.sizes.count == 13)
        #expect(pair.progress[.client] == [.failed(reason: "no answer to a flight that was sent many times")])
        #expect(pair.client.deadline == nil)
    }

    @Test("A caller's clock that runs ahead sends nothing early and is told a later deadline")
    func clockAhead() throws {
        let client = try OpenSSLAssociation(certificate: DTLSPair.clientCertificate.get(), role: .client)
        #expect(client.handleDeadline(now: .zero) == .pending)
        var datagram: [UInt8] = []
        #expect(client.takeDatagram(into: &datagram))
        let first = try #require(client.deadline)
        #expect(first > .milliseconds(100) && first <= .milliseconds(200))

        #expect(client.handleDeadline(now: .seconds(9)) == .pending)
        #expect(!client.takeDatagram(into: &datagram))
        let second = try #require(client.deadline)
        #expect(second > .seconds(9) && second <= .milliseconds(9200))
    }

    @Test("What nobody takes does not grow without bound")
    func boundedQueue() throws {
        let pair = try DTLSPair { _, _ in [] }
        var hello: [UInt8] = []
        _ = pair.client.handleDeadline(now: .zero)
        #expect(pair.client.takeDatagram(into: &hello))
        var now = Duration.zero
        for _ in 0..<200_000 {
            _ = pair.server.receive(hello, now: now)
            guard let deadline = pair.server.deadline else { break }
            now = deadline
            _ = pair.server.handleDeadline(now: now)
        }
        var count = 0
        var datagram: [UInt8] = []
        while pair.server.takeDatagram(into: &datagram) { count += 1 }
        #expect(count <= 16)
    }
}

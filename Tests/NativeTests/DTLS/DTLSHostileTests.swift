import Media
import OpenSSLDTLS
import RTP
import Testing

struct DTLSHostileTests {
    /// A ClientHello as our client sends it.
    private static func hello() throws -> [UInt8] {
        let client = try OpenSSLAssociation(certificate: DTLSPair.clientCertificate.get(), role: .client)
        _ = client.handleDeadline(now: .zero)
        var datagram: [UInt8] = []
        _ = client.takeDatagram(into: &datagram)
        return datagram
    }

    private static func server() throws -> OpenSSLAssociation {
        try OpenSSLAssociation(certificate: DTLSPair.serverCertificate.get(), role: .server, retransmission: DTLSPair.quick)
    }

    private static func answers(_ association: OpenSSLAssociation) -> Int {
        var count = 0
        var datagram: [UInt8] = []
        while association.takeDatagram(into: &datagram) { count += 1 }
        return count
    }

    @Test("A ClientHello may come in pieces, in any order", arguments: [16, 40, 100], [false, true])
    func fragmentedHello(size: Int, reversed: Bool) throws {
        var pieces = 0
        let pair = try DTLSPair { datagram, side in
            guard side == .client else { return [datagram] }
            guard ClientHelloFragments.isClientHello(datagram) else { return [ClientHelloFragments.renumber(datagram)] }
            let cut = ClientHelloFragments.cut(datagram, size: size)
            pieces = cut.count
            return reversed ? cut.reversed() : cut
        }
        #expect(pair.run())
        #expect(pieces > 1)
    }

    @Test("A client behind a path of 256 bytes is served")
    func smallPath() throws {
        var fromClient: [Int] = []
        let pair = try DTLSPair(clientMTU: 256) { datagram, side in
            if side == .client { fromClient.append(datagram.count) }
            return [datagram]
        }
        #expect(pair.run())
        #expect(fromClient.count > 3)
        #expect(fromClient.allSatisfy { $0 <= 256 })
    }

    @Test("Garbage before and between the flights changes nothing", arguments: 0..<8)
    func garbage(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let pair = try DTLSPair { datagram, _ in
            // Some of it begins like a handshake record.
            let plausible: [UInt8] = [22, 0xFE, 0xFD, 0, 0]
            return [random.bytes(Int.random(in: 0..<1500, using: &random)), plausible + random.bytes(60), datagram, random.bytes(3)]
        }
        #expect(pair.run())
    }

    @Test("A repeated ClientHello is answered at most once more for each copy")
    func repeatedHello() throws {
        let hello = try Self.hello()
        let server = try Self.server()
        #expect(server.receive(hello, now: .zero) == .pending)
        let first = Self.answers(server)
        for _ in 0..<10 { #expect(server.receive(hello, now: .zero) == .pending) }
        #expect(Self.answers(server) <= 10 * first)
        #expect(server.deadline != nil)
    }

    @Test("A datagram of more than 2 KiB, and a message that claims more than 8 KiB, are dropped")
    func oversized() throws {
        let hello = try Self.hello()
        let server = try Self.server()
        #expect(server.receive(hello + [UInt8](repeating: 0, count: 2048), now: .zero) == .pending)
        var claims = hello
        claims.replaceSubrange(14..<17, with: ClientHelloFragments.bigEndian(100_000, 3))
        #expect(server.receive(claims, now: .zero) == .pending)
        var behind = hello
        behind.replaceSubrange(19..<22, with: ClientHelloFragments.bigEndian(5, 3))
        #expect(server.receive(behind, now: .zero) == .pending)
        #expect(Self.answers(server) == 0)
        #expect(server.deadline == nil)

        #expect(server.receive(hello, now: .zero) == .pending)
        #expect(Self.answers(server) > 0)
    }

    @Test("Of encrypted records before the keys a few do no harm, and of a flood none is kept", arguments: [(20, true), (100, false)])
    func earlyRecords(count: Int, isEstablished: Bool) throws {
        let pair = try DTLSPair()
        var random = SeededGenerator(seed: 6)
        for number in 0..<count {
            let record = [22, 0xFE, 0xFD, 0, 1] + ClientHelloFragments.bigEndian(1_000 + number, 6) + [0, 40] + random.bytes(40)
            #expect(pair.server.receive(record, now: .zero) == .pending)
        }
        #expect(pair.run() == isEstablished)
    }

    @Test("A ClientHello cut at any length gets no answer")
    func everyPrefix() throws {
        let hello = try Self.hello()
        let server = try Self.server()
        for length in 0..<hello.count {
            #expect(server.receive(Array(hello[..<length]), now: .zero) == .pending)
        }
        #expect(Self.answers(server) == 0)
    }

    @Test("A ClientHello with any one byte changed never establishes anything, and never traps")
    func everyByteChanged() throws {
        let hello = try Self.hello()
        for index in hello.indices {
            for change in [UInt8(0x01), 0x80, 0xFF] {
                var changed = hello
                changed[index] ^= change
                let server = try Self.server()
                switch server.receive(changed, now: .zero) {
                case .pending, .failed: break
                case .established, .closed: Issue.record("byte \(index)")
                }
            }
        }
    }

    @Test("After the handshake foreign and changed records are ignored")
    func afterwards() throws {
        var records: [[UInt8]] = []
        let pair = try DTLSPair { datagram, side in
            if side == .client { records.append(datagram) }
            return [datagram]
        }
        #expect(pair.run())
        var random = SeededGenerator(seed: 7)
        for record in records {
            // The whole handshake again, and records of the new epoch whose tags cannot fit.
            #expect(pair.server.receive(record, now: .zero) == .pending)
        }
        for type in UInt8(20)...23 {
            let body = random.bytes(60)
            #expect(pair.server.receive([type, 0xFE, 0xFD, 0, 1, 0, 0, 0, 0, 0, 9, 0, 60] + body, now: .zero) == .pending)
        }
        #expect(pair.server.receive([21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40], now: .zero) == .pending)
    }
}

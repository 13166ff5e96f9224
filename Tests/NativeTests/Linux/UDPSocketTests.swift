import Linux
import Testing

struct UDPSocketTests {
    private typealias Received = (bytes: [UInt8], remote: SocketAddress, local: SocketAddress)

    /// Everything that waits at a socket within a second, until `count` datagrams have come.
    private func receive(_ count: Int, at socket: UDPSocket, with batch: DatagramBatch) throws -> [Received] {
        let epoll = try Epoll()
        try epoll.add(socket, token: 1)
        var received: [Received] = []
        while received.count < count, try epoll.wait(milliseconds: 1_000, { _ in }) > 0 {
            _ = batch.receive(from: socket) { bytes, remote, local, _ in received.append((bytes, remote, local)) }
        }
        return received
    }

    @Test("An answer leaves from the address that the question came to", arguments: ["127.0.0.3", "::1"])
    func echo(host: String) throws {
        let target = try #require(SocketAddress(host, port: 0))
        let any = try #require(SocketAddress(target.isIPv4 ? "0.0.0.0" : "::", port: 0))
        let server = try UDPSocket(bind: any)
        let client = try UDPSocket(bind: any)
        let batch = try DatagramBatch()
        var destination = target
        destination.port = server.localAddress.port

        #expect(client.send([9, 1, 2, 3, 9], 1..<4, to: destination) == .sent)
        let question = try #require(try receive(1, at: server, with: batch).first)
        #expect(question.bytes == [1, 2, 3])
        #expect(question.local == destination)
        #expect(question.remote.port == client.localAddress.port)

        #expect(server.send([4, 5], 0..<2, to: question.remote, from: question.local) == .sent)
        let answer = try #require(try receive(1, at: client, with: batch).first)
        #expect(answer.bytes == [4, 5])
        #expect(answer.remote == destination)
    }

    @Test("A batch carries many datagrams in order, and skips what cannot be sent", arguments: ["127.0.0.1", "::1"])
    func batches(host: String) throws {
        let address = try #require(SocketAddress(host, port: 0))
        let server = try UDPSocket(bind: address, receiveBuffer: 1 << 20)
        let client = try UDPSocket(bind: address, sendBuffer: 1 << 20)
        let batch = try DatagramBatch(capacity: 8)
        let arena = (0..<100).flatMap { [UInt8](repeating: UInt8($0), count: 160) }
        var datagrams = (0..<100).map { OutgoingDatagram($0 * 160..<($0 + 1) * 160, to: server.localAddress, from: client.localAddress) }
        // Outside of the arena, and to the other family.
        datagrams.insert(OutgoingDatagram(15_990..<16_200, to: server.localAddress), at: 3)
        let other = try #require(SocketAddress(address.isIPv4 ? "::1" : "127.0.0.1", port: 9))
        datagrams.insert(OutgoingDatagram(0..<10, to: other), at: 20)

        #expect(client.send(arena, datagrams, with: batch) == 100)
        let received = try receive(100, at: server, with: batch)
        #expect(received.map(\.bytes) == (0..<100).map { [UInt8](repeating: UInt8($0), count: 160) })
        #expect(received.allSatisfy { $0.remote == client.localAddress && $0.local == server.localAddress })
    }

    @Test("What is received may be answered from the same batch while it is read")
    func answersInPlace() throws {
        let address = SocketAddress(ipv4: 0x7F00_0001, port: 0)
        let server = try UDPSocket(bind: address)
        let client = try UDPSocket(bind: address)
        let batch = try DatagramBatch()
        for value in UInt8(0)..<20 { #expect(client.send([value], 0..<1, to: server.localAddress) == .sent) }
        var seen: [UInt8] = []
        let taken = batch.receive(from: server) { bytes, remote, local, _ in
            seen.append(bytes[0])
            #expect(server.send(bytes, [OutgoingDatagram(0..<1, to: remote, from: local)], with: batch) == 1)
        }
        #expect(taken == 20)
        #expect(seen == Array(0..<20))
        #expect(try receive(20, at: client, with: batch).map(\.bytes) == (UInt8(0)..<20).map { [$0] })
    }

    @Test("Of two datagrams the one that came first has waited longer", arguments: ["127.0.0.1", "::1"])
    func age(host: String) throws {
        let address = try #require(SocketAddress(host, port: 0))
        let server = try UDPSocket(bind: address)
        let client = try UDPSocket(bind: address)
        let batch = try DatagramBatch()
        for value in UInt8(0)..<2 { #expect(client.send([value], 0..<1, to: server.localAddress) == .sent) }
        var ages: [Duration] = []
        #expect(batch.receive(from: server) { _, _, _, age in ages.append(age) } == 2)
        #expect(ages[0] > ages[1] && ages[1] > .zero && ages[0] < .seconds(1), "\(ages)")
    }

    @Test("A datagram longer than the batch's memory is dropped and counted; an empty one is not")
    func oversized() throws {
        let address = SocketAddress(ipv4: 0x7F00_0001, port: 0)
        let server = try UDPSocket(bind: address)
        let client = try UDPSocket(bind: address)
        let batch = try DatagramBatch(datagramSize: 2048)
        let long = [UInt8](repeating: 7, count: 2049)
        #expect(client.send(long, 0..<2049, to: server.localAddress) == .sent)
        #expect(client.send(long, 0..<2048, to: server.localAddress) == .sent)
        #expect(client.send(long, 0..<0, to: server.localAddress) == .sent)
        #expect(try receive(2, at: server, with: batch).map(\.bytes.count) == [2048, 0])
        #expect(batch.oversized == 1)
        #expect(batch.receive(from: server) { _, _, _, _ in } == 0)
    }

    @Test("A port in use, and a range outside of the bytes, are refused")
    func refusals() throws {
        let socket = try UDPSocket(bind: SocketAddress(ipv4: 0x7F00_0001, port: 0), receiveBuffer: 100_000)
        #expect(socket.receiveBuffer >= 100_000)
        let error = #expect(throws: LinuxError.self) { try UDPSocket(bind: socket.localAddress) }
        #expect(error?.isAddressUnusable == true)
        #expect(error?.description.contains("bind 127.0.0.1:\(socket.localAddress.port)") == true)
        guard case .refused = socket.send([1], 0..<2, to: socket.localAddress) else {
            Issue.record("sent bytes that are not there")
            return
        }
    }

    @Test(
        "Addresses are read and written as people write them",
        arguments: [
            ("192.0.2.1", "192.0.2.1:5060"), ("2001:db8::1", "[2001:db8::1]:5060"), ("::ffff:192.0.2.1", "[::ffff:192.0.2.1]:5060"),
        ])
    func addresses(host: String, text: String) throws {
        let address = try #require(SocketAddress(host, port: 5060))
        #expect(address.description == text)
        #expect(address.host == host)
    }

    @Test("What is no address is none", arguments: ["", "example.com", "1.2.3", "1.2.3.4.5", "::g", "fe80::1%eth0", " 127.0.0.1"])
    func notAddresses(host: String) {
        #expect(SocketAddress(host, port: 1) == nil)
    }

    @Test("The fields have the order of the network")
    func fields() {
        #expect(SocketAddress("192.0.2.1", port: 7) == SocketAddress(ipv4: 0xC000_0201, port: 7))
        #expect(SocketAddress("2001:db8::5", port: 7) == SocketAddress(ipv6High: 0x2001_0DB8_0000_0000, low: 5, port: 7))
    }
}

import ICE
import Testing

@Suite("Candidates")
struct ICECandidateTests {
    @Test("A host candidate has the priority of the formula, and reads what it writes", arguments: ["192.0.2.1:5004", "[2001:db8::1]:5004"])
    func host(text: String) throws {
        let address = try #require(TransportAddress(text))
        let candidate = ICECandidate(host: address)
        #expect(candidate.priority == 2_130_706_431)
        #expect(ICECandidate(attributeValue: candidate.attributeValue) == candidate)
        #expect(candidate.attributeValue.hasSuffix(" 1 udp 2130706431 \(address.hostText) 5004 typ host"))
    }

    @Test("The foundation is that of the address, whatever the port")
    func foundation() throws {
        let one = ICECandidate(host: TransportAddress(ipv4: 1, port: 1))
        #expect(one.foundation == ICECandidate(host: TransportAddress(ipv4: 1, port: 2)).foundation)
        #expect(one.foundation != ICECandidate(host: TransportAddress(ipv4: 2, port: 1)).foundation)
    }

    @Test("A browser's line is read, related address and extensions passed over")
    func browserLine() throws {
        let line = "candidate:842163049 1 udp 1677729535 203.0.113.5 46154 typ srflx raddr 10.0.0.17 rport 46154 generation 0 ufrag EEtu"
        let candidate = try #require(ICECandidate(attributeValue: line))
        #expect(candidate.kind == .serverReflexive && candidate.address.description == "203.0.113.5:46154")
        #expect(candidate.priority == 1_677_729_535 && candidate.foundation == "842163049")
    }

    @Test(
        "A line that is malformed, TCP or hides its address is refused",
        arguments: [
            "", "candidate:", "1 1 udp 1 1.2.3.4 5", "1 1 udp 1 1.2.3.4 5 typ", "1 1 tcp 1 1.2.3.4 9 typ host tcptype active",
            "1 1 udp 1 abcd.local 5 typ host", "1 0 udp 1 1.2.3.4 5 typ host", "1 257 udp 1 1.2.3.4 5 typ host",
            "1 1 udp 0 1.2.3.4 5 typ host", "1 1 udp 4294967296 1.2.3.4 5 typ host", "1 1 udp 1 1.2.3.4 65536 typ host",
            "1 1 udp 1 1.2.3.4 5 typ relais", "1  1 udp 1 1.2.3.4 5 typ host", "- 1 udp 1 1.2.3.4 5 typ host",
        ])
    func refused(line: String) {
        #expect(ICECandidate(attributeValue: line) == nil)
    }
}

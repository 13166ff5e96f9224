import SIP
import Testing
import VirtualNetwork

/// Floods find nothing to fill, and forged messages nobody to fool.
@Suite struct FloodTests {
    private func options(_ number: Int, method: SIPMethod = .options, from source: SIPAddress) -> SIPRequest {
        var request = SIPRequest(
            method, uri: AddressURI("sip:10.0.0.1")!, from: NameAddress(SIPURI("sip:x@192.0.2.1")!, tag: "f\(number)"),
            to: NameAddress(SIPURI("sip:y@10.0.0.1")!), callID: "c\(number)", cseq: 1)
        request.vias = [Via(.udp, host: .address(source.ip), port: source.port, branch: "z9hG4bK\(number)")]
        return request
    }

    @Test(arguments: [SIPMethod.options, .invite, .bye, .cancel])
    func `one source gets a burst of answers, then five a second`(method: SIPMethod) {
        let rig = CallRig()
        let source = SIPAddress(IPAddress(ipv4: 0xC000_0202), port: 5060)
        for number in 0..<1000 { rig.inject(options(number, method: method, from: source), from: source) }
        #expect(rig.sent.count == 20)
        rig.run(until: .seconds(2))
        for number in 0..<1000 { rig.inject(options(number, method: method, from: source), from: source) }
        #expect(rig.sent.count == 30)
        #expect(rig.endpoint.transactionCount == 0)
        #expect(rig.endpoint.counters.overBudget == 1970)
    }

    @Test func `malformed requests have no budget of their own`() {
        let rig = CallRig()
        for number in 0..<200 {
            let text =
                "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK\(number)\r\nFrom: x\r\nTo: y\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"
            rig.inject(Array(text.utf8), from: SIPAddress(IPAddress(ipv4: 0xC000_0203), port: 1))
        }
        #expect(rig.sent.count == 20)
    }

    @Test func `three thousand sources leave no trace`() {
        let rig = CallRig()
        for number in 0..<3000 {
            let source = SIPAddress(IPAddress(ipv4: 0x0B00_0000 + UInt32(number)), port: 5060)
            rig.inject(options(number, method: .invite, from: source), from: source)
            _ = rig.endpoint.takeTransmits()
        }
        #expect(rig.endpoint.transactionCount == 0)
        #expect(rig.endpoint.sessionCount == 0)
        #expect(rig.endpoint.nextDeadline == nil)
    }

    @Test func `too many calls are refused, not queued`() {
        let rig = CallRig { $0.maximumSessions = 3 }
        let ids = (0..<5).map { _ in rig.place() }
        #expect(ids.filter { $0 != nil }.count == 3)
    }

    @Test func `a call for which there is no transaction left is unreachable`() {
        let rig = CallRig { $0.maximumClientTransactions = 1 }
        rig.place()
        rig.place()
        #expect(rig.ends == [CallEnd(.unreachable)])
        #expect(rig.endpoint.sessionCount == 1)
    }

    // MARK: Forged responses

    private func forged(_ change: (inout SIPResponse) -> Void) throws -> CallRig {
        let rig = CallRig()
        rig.place()
        let invite = try #require(rig.sentRequests.first)
        var response = SIPResponse(200, to: invite, toTag: "evil")
        response.contacts = [NameAddress(SIPURI("sip:evil@192.0.2.66")!)]
        response.body = [1]
        change(&response)
        var datagram: [UInt8] = []
        response.serialise(into: &datagram)
        rig.inject(datagram)
        return rig
    }

    @Test func `only a response to the very request acts`() throws {
        let changes: [(inout SIPResponse) -> Void] = [
            { $0.vias[0].branch = "z9hG4bKguess" }, { $0.vias[0].branch = nil }, { $0.vias[0].port = 5999 },
            { $0.vias[0].host = .name("example.com") },
            { $0.callID = "other" }, { $0.from.tag = "other" }, { $0.cseq = CSeq(2, .invite) }, { $0.cseq = CSeq(1, .bye) },
            { $0.vias.append($0.vias[0]) },
        ]
        for change in changes {
            let rig = try forged(change)
            #expect(rig.answers.isEmpty)
            #expect(rig.sentRequests(.ack).isEmpty)
            #expect(rig.endpoint.counters.strayResponses == 1)
        }
        let right = try forged { _ in }
        #expect(right.answers.count == 1)
    }

    @Test func `a random message after another never ends the endpoint`() throws {
        var random = SeededGenerator(seed: 99)
        let rig = CallRig()
        rig.phone.scripts = [[.ring(), .answer(.seconds(1))]]
        rig.place()
        rig.run(until: .seconds(2))
        let seeds = rig.sent.map(\.packet.datagram)
        for _ in 0..<3000 {
            var bytes = try #require(seeds.randomElement(using: &random))
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(UInt8.random(in: 32...126, using: &random), at: index)
                }
                if bytes.isEmpty { break }
            }
            rig.inject(bytes)
        }
        rig.run(until: .seconds(300))
        #expect(rig.endpoint.transactionCount == 0)
    }
}

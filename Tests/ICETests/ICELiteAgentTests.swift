import ICE
import Testing

@Suite("The lite agent")
struct ICELiteAgentTests {
    @Test("The first valid check is answered with the mapped address, and its path is usable at once")
    func firstCheck() throws {
        let peer = TestPeer()
        let outcome = peer.receive(TestPeer.request())
        #expect(outcome == .responded(ICEPathUpdate(isNewPath: true, selected: TestPeer.path(1))))
        let answer = try #require(peer.answer)
        #expect(answer.kind == .success)
        #expect(answer.transactionID == TestVectors.transaction)
        #expect(answer.mappedAddress == TestPeer.path(1).remote)
        #expect(answer.hasFingerprint && peer.isAnswerAuthentic)
        #expect(peer.selected == 1 && !peer.isNominated && peer.isValidated(1))
    }

    @Test("The last nomination wins, and a check without one moves nothing")
    func nomination() {
        let peer = TestPeer()
        peer.receive(TestPeer.request(), on: 1)
        #expect(peer.receive(TestPeer.request(), on: 2) == .responded(ICEPathUpdate(isNewPath: true)))
        #expect(peer.selected == 1)
        #expect(peer.receive(TestPeer.request(nominating: true), on: 2) == .responded(ICEPathUpdate(selected: TestPeer.path(2))))
        #expect(peer.selected == 2 && peer.isNominated)
        #expect(peer.receive(TestPeer.request(), on: 1) == .responded(ICEPathUpdate()))
        #expect(peer.selected == 2)
        #expect(
            peer.receive(TestPeer.request(nominating: true), on: 3)
                == .responded(ICEPathUpdate(isNewPath: true, selected: TestPeer.path(3))))
        #expect(peer.selected == 3)
    }

    @Test("A stranger gets no byte, and each reason is counted")
    func silence() throws {
        var unprotected = TestVectors.longTermRequest
        unprotected[8] = 0
        var indication = TestPeer.request()
        indication[1] = 0x11
        fixFingerprint(&indication)
        let attempts: [([UInt8], ICEIgnored)] = [
            ([], .malformed),
            ([UInt8](repeating: 0, count: 20), .malformed),
            (unprotected, .noFingerprint),
            (Array(TestPeer.request().dropLast()) + [0], .noFingerprint),
            (TestVectors.ipv4Response, .notARequest),
            (indication, .notARequest),
            (withoutCredentials(), .noCredentials),
            (TestPeer.request(username: "other+/7:rEmO"), .wrongUsername),
            (TestPeer.request(username: "lOcAl+/7:rEmX"), .wrongUsername),
            (TestPeer.request(username: "lOcAl+/7"), .wrongUsername),
            (TestPeer.request(password: "pAsSwOrD0123456789abcdeF"), .wrongIntegrity),
        ]
        let peer = TestPeer()
        for (datagram, reason) in attempts {
            #expect(peer.receive(datagram) == .ignored(reason))
            #expect(peer.response.isEmpty)
        }
        #expect(peer.selected == nil)
        #expect(peer.deadline == ICEDeadline(at: .seconds(15), reason: .firstCheck))
        for reason in ICEIgnored.allCases {
            #expect(peer.counters[reason] == UInt64(attempts.count { $0.1 == reason }))
        }
    }

    @Test("A peer that claims to be controlled is told of the conflict, and gains no path")
    func roleConflict() throws {
        let peer = TestPeer()
        #expect(peer.receive(TestPeer.request(role: .controlled(tieBreaker: 0))) == .refused(.roleConflict))
        #expect(peer.answer?.kind == .error && peer.answer?.errorCode == 487 && peer.isAnswerAuthentic)
        #expect(peer.selected == nil && peer.counters[.roleConflict] == 1)
    }

    @Test("An authentic request with an attribute that must be known and is not is refused with 420")
    func unknownAttribute() {
        let peer = TestPeer()
        #expect(peer.receive(inserting([0x7F, 0x01, 0, 0])) == .refused(.unknownAttribute))
        #expect(peer.answer?.errorCode == 420 && peer.isAnswerAuthentic)
    }

    @Test("An authentic request that claims both roles is refused with 400")
    func bothRoles() {
        let peer = TestPeer()
        #expect(peer.receive(inserting([0x80, 0x29, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0])) == .refused(.badRequest))
        #expect(peer.answer?.errorCode == 400)
    }

    @Test("Without a first check the agent expires at its deadline, and says what it had waited for")
    func neverHeard() {
        let peer = TestPeer(now: .seconds(100))
        #expect(peer.deadline == ICEDeadline(at: .seconds(115), reason: .firstCheck))
        #expect(!peer.isSilent(at: .seconds(104.999)) && peer.isSilent(at: .seconds(105)))
        #expect(peer.handleDeadline(at: .seconds(114.999)) == nil)
        #expect(peer.handleDeadline(at: .seconds(115)) == .firstCheck)
        #expect(peer.deadline == nil)
        #expect(peer.handleDeadline(at: .seconds(200)) == nil)
    }

    @Test("Each valid check renews consent; an invalid or refused one does not")
    func consent() {
        let peer = TestPeer()
        peer.receive(TestPeer.request(), at: .seconds(3))
        #expect(peer.deadline == ICEDeadline(at: .seconds(18), reason: .consent))
        peer.receive(TestPeer.request(password: "wrong0123456789012345678"), at: .seconds(8))
        peer.receive(TestPeer.request(role: .controlled(tieBreaker: 9)), at: .seconds(8))
        #expect(peer.isSilent(at: .seconds(8)))
        peer.receive(TestPeer.request(), on: 2, at: .seconds(10))
        #expect(!peer.isSilent(at: .seconds(14.9)))
        #expect(peer.deadline == ICEDeadline(at: .seconds(25), reason: .consent))
        #expect(peer.handleDeadline(at: .seconds(18)) == nil)
        #expect(peer.handleDeadline(at: .seconds(25)) == .consent)
        #expect(peer.selected == nil)
        #expect(peer.receive(TestPeer.request(), at: .seconds(26)) == .ignored(.expired))
        #expect(peer.response.isEmpty)
    }

    @Test("Of too many paths the one that was quiet longest gives way, never the selected one")
    func tooManyPaths() {
        let peer = TestPeer()
        peer.receive(TestPeer.request(nominating: true), on: 1, at: .seconds(0))
        for number in 2...8 as ClosedRange<UInt16> { peer.receive(TestPeer.request(), on: number, at: .seconds(Int(number))) }
        peer.receive(TestPeer.request(), on: 2, at: .seconds(9))
        #expect(
            peer.receive(TestPeer.request(), on: 9, at: .seconds(9))
                == .responded(ICEPathUpdate(isNewPath: true, forgotten: TestPeer.path(3))))
        #expect(peer.selected == 1)
        #expect(!peer.isValidated(3) && peer.isValidated(1))
    }

    @Test("However many paths a peer tries, few are remembered")
    func bounded() {
        let peer = TestPeer()
        var known: Set<TransportPath> = []
        for number in 1...5000 as ClosedRange<UInt16> {
            guard case .responded(let update) = peer.receive(TestPeer.request(), on: number) else {
                Issue.record("not answered")
                return
            }
            if update.isNewPath { known.insert(TestPeer.path(number)) }
            if let forgotten = update.forgotten { known.remove(forgotten) }
        }
        #expect(known.count == 8)
    }

    @Test("After a restart the path stays, old checks count, and only a new nomination moves it and ends the old run")
    func restart() throws {
        let peer = TestPeer()
        peer.receive(TestPeer.request(nominating: true), on: 1)
        let fresh = try #require(ICECredentials(ufrag: "fReSh+/8", password: "fReSh0123456789012345678"))
        peer.agent.restart(local: fresh, remoteUfrag: "nEwR")
        #expect(peer.selected == 1 && peer.ufrags == ["fReSh+/8", "lOcAl+/7"])

        #expect(
            peer.receive(TestPeer.request(nominating: true), on: 2, at: .seconds(5))
                == .responded(ICEPathUpdate(isNewPath: true)))
        #expect(peer.selected == 1 && peer.isAnswerAuthentic)
        #expect(peer.deadline?.at == .seconds(20))

        let check = TestPeer.request(username: "fReSh+/8:nEwR", password: fresh.password, nominating: true)
        #expect(peer.receive(check, on: 3) == .responded(ICEPathUpdate(isNewPath: true, selected: TestPeer.path(3))))
        #expect(peer.selected == 3 && peer.ufrags == ["fReSh+/8", nil])
        #expect(peer.receive(TestPeer.request(), on: 1) == .ignored(.wrongUsername))
    }

    /// A request of the peer with one more attribute in front, protected again.
    private func inserting(_ attribute: [UInt8]) -> [UInt8] {
        var bytes = TestPeer.request()
        bytes.removeLast(32)
        bytes.insert(contentsOf: attribute, at: 20)
        return protected(bytes, password: TestPeer.credentials.password)
    }

    private func withoutCredentials() -> [UInt8] {
        var bytes: [UInt8] = []
        STUNMessage.appendBindingError(.badRequest, TestVectors.transaction, key: nil, to: &bytes)
        bytes[0] = 0x00
        bytes[1] = 0x01
        fixFingerprint(&bytes)
        return bytes
    }
}

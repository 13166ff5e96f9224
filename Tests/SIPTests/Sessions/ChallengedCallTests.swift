import SIP
import Testing
import VirtualNetwork

@Suite struct ChallengedCallTests {
    private static func challenge(_ status: UInt16, nonce: String = "n1", stale: Bool = false, realm: String = "trunk") -> VirtualPhone.Step {
        let value = DigestChallenge(realm: realm, nonce: nonce, algorithm: .md5, isStale: stale).text
        return .refuse(.zero, status, headers: [HeaderField(status == 401 ? .wwwAuthenticate : .proxyAuthenticate, value)])
    }

    private static let digest = DigestClient(username: "room", password: "secret")

    private func isRight(_ request: SIPRequest, _ name: HeaderName) -> Bool {
        guard let credentials = request.headers[name].flatMap({ DigestCredentials($0) }) else { return false }
        let computation = DigestComputation(
            credentials.algorithm, method: request.method, uri: credentials.uri, nonce: credentials.nonce, protection: credentials.protection)
        return computation.response(ha1: DigestComputation.ha1(.md5, username: "room", realm: credentials.realm, password: "secret"))
            == credentials.response
    }

    @Test(arguments: [401, 407] as [UInt16])
    func `a challenge is answered once, in the same call with the next number`(status: UInt16) throws {
        let rig = CallRig()
        rig.phone.scripts = [[Self.challenge(status)], [.ring(), .answer(.seconds(1))]]
        let id = rig.place(CallRig.request(digest: Self.digest))
        rig.at(.seconds(5)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        let name = status == 401 ? HeaderName.authorization : .proxyAuthorization
        let invites = rig.phone.heard(.invite)
        #expect(invites.count == 2)
        let (first, second) = (try #require(invites.first), try #require(invites.last))
        #expect(second.callID == first.callID)
        #expect(second.from.tag == first.from.tag)
        #expect(second.to.tag == nil)
        #expect(second.cseq.number == first.cseq.number + 1)
        #expect(second.via?.branch != first.via?.branch)
        #expect(isRight(second, name))
        let acks = rig.phone.heard(.ack)
        #expect(acks.count == 2)
        // The ACK of the 200 has the credentials of its INVITE (RFC 3261 section 22.1).
        #expect(acks.last?.headers[name] == second.headers[name])
        #expect(acks.last?.cseq.number == second.cseq.number)
        let bye = try #require(rig.phone.heard(.bye).first)
        #expect(isRight(bye, name))
        #expect(rig.ends == [CallEnd(.hungUp, wasAnswered: true)])
        #expect(rig.isClean)
    }

    @Test func `a proxy and the far end may both challenge`() {
        let rig = CallRig()
        rig.phone.scripts = [[Self.challenge(407, realm: "proxy")], [Self.challenge(401, realm: "end")], [.answer()]]
        rig.place(CallRig.request(digest: Self.digest))
        rig.run(until: .seconds(3))
        let last = rig.phone.heard(.invite).last
        #expect(last.map { isRight($0, .authorization) && isRight($0, .proxyAuthorization) } == true)
        #expect(rig.answers.count == 1)
    }

    @Test func `a wrong password ends the call with the second 401`() {
        let rig = CallRig()
        rig.phone.scripts = [[Self.challenge(401)], [Self.challenge(401, nonce: "n2")]]
        rig.place(CallRig.request(digest: DigestClient(username: "room", password: "wrong")))
        rig.run(until: .seconds(120))
        #expect(rig.ends == [CallEnd(.refused, status: 401)])
        #expect(rig.phone.heard(.invite).count == 2)
        #expect(rig.phone.heard(.ack).count == 2)
        #expect(rig.isClean)
    }

    @Test func `a stale nonce is no wrong password`() {
        let rig = CallRig()
        rig.phone.scripts = [[Self.challenge(401)], [Self.challenge(401, nonce: "n2", stale: true)], [.answer()]]
        rig.place(CallRig.request(digest: Self.digest))
        rig.run(until: .seconds(3))
        #expect(rig.answers.count == 1)
        #expect(rig.phone.heard(.invite).count == 3)
    }

    @Test func `a peer that calls every nonce stale is not followed for ever`() {
        let rig = CallRig()
        rig.phone.scripts = (0..<50).map { [Self.challenge(401, nonce: "n\($0)", stale: true)] }
        rig.place(CallRig.request(digest: Self.digest))
        rig.run(until: .seconds(120))
        #expect(rig.ends == [CallEnd(.refused, status: 401)])
        #expect(rig.phone.heard(.invite).count < 10)
        #expect(rig.isClean)
    }

    @Test func `without a password a challenge is a refusal`() {
        let rig = CallRig()
        rig.phone.scripts = [[Self.challenge(407)]]
        rig.place()
        rig.run(until: .seconds(120))
        #expect(rig.ends == [CallEnd(.refused, status: 407)])
    }

    @Test func `a challenge of the cancelled INVITE is not answered`() {
        let rig = CallRig()
        var late = Self.challenge(401)
        late.after = .seconds(2)
        rig.phone.scripts = [[.ring(.zero, 100), late]]
        rig.phone.answersCancel = false
        let id = rig.place(CallRig.request(digest: Self.digest))
        rig.at(.seconds(1)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        #expect(rig.ends == [CallEnd(.cancelled, status: 401)])
        #expect(rig.phone.heard(.invite).count == 1)
        #expect(rig.isClean)
    }

    @Test(arguments: [401, 407] as [UInt16])
    func `a challenged BYE is sent again with credentials`(status: UInt16) throws {
        let rig = CallRig()
        rig.phone.scripts = [[.answer()]]
        rig.phone.verdicts[.bye] = [Self.challenge(status)]
        let id = rig.place(CallRig.request(digest: Self.digest))
        rig.at(.seconds(5)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        let byes = rig.phone.heard(.bye)
        #expect(byes.count == 2)
        let last = try #require(byes.last)
        #expect(isRight(last, status == 401 ? .authorization : .proxyAuthorization))
        #expect(last.cseq.number == 3)
        #expect(rig.ends == [CallEnd(.hungUp, wasAnswered: true)])
        #expect(rig.releases == 1)
        #expect(rig.isClean)
    }

    @Test func `a BYE whose nonce has aged is tried once more, though nobody says stale`() {
        let rig = CallRig()
        rig.phone.scripts = [[Self.challenge(401)], [.answer()]]
        rig.phone.verdicts[.bye] = [Self.challenge(401, nonce: "n2"), Self.challenge(401, nonce: "n3"), Self.challenge(401, nonce: "n4")]
        let id = rig.place(CallRig.request(digest: Self.digest))
        rig.at(.seconds(5)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        #expect(rig.phone.heard(.bye).count == 2)
        #expect(rig.releases == 1)
        #expect(rig.isClean)
    }
}

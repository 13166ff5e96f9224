import SIP
import Testing
import VirtualNetwork

/// Calls that a killed process has left behind.
@Suite struct OrphanTests {
    /// A call of a former life, up to `end`, and its last word in the journal.
    private func formerLife(_ script: [VirtualPhone.Step], until end: Duration) throws -> (CallRig, DialogSnapshot) {
        let rig = CallRig(seed: 7)
        rig.phone.scripts = [script]
        rig.place()
        rig.run(until: end)
        return (rig, try #require(rig.snapshots.last))
    }

    /// The next life, on the same telephone.
    private func nextLife(after former: CallRig, conditions: Conditions = Conditions(delay: .milliseconds(20))) -> CallRig {
        CallRig(seed: 8, conditions: conditions, phone: former.phone, startingAt: former.now)
    }

    private func hangUp(_ snapshot: DialogSnapshot, in rig: CallRig, digest: DigestClient? = nil) -> SessionID? {
        let id = rig.endpoint.hangUp(orphan: snapshot, digest: digest, now: rig.now, random: &rig.random)
        rig.drain()
        return id
    }

    @Test func `a ringing one is cancelled, and its 487 acknowledged`() throws {
        let (former, snapshot) = try formerLife([.ring()], until: .seconds(2))
        #expect(snapshot.stage == .inviting)
        let rig = nextLife(after: former)
        let id = try #require(hangUp(snapshot, in: rig))
        rig.run(until: .seconds(120))
        #expect(rig.phone.heard(.cancel).count == 1)
        let ack = try #require(rig.phone.heard(.ack).first)
        #expect(ack.via?.branch == snapshot.inviteBranch)
        #expect(ack.to.tag == "phone")
        #expect(rig.events.map(\.event) == [.released(id)])
        #expect(rig.isClean)
    }

    @Test func `one that is answered meanwhile is acknowledged and hung up`() throws {
        let (former, snapshot) = try formerLife([.ring(), .answer(.milliseconds(1990))], until: .seconds(2))
        let rig = nextLife(after: former)
        let id = try #require(hangUp(snapshot, in: rig))
        rig.run(until: .seconds(120))
        #expect(rig.phone.heard(.ack).count == 1)
        #expect(rig.phone.heard(.bye).count == 1)
        #expect(rig.phone.heard(.bye).first?.cseq.number == 2)
        #expect(rig.events.map(\.event) == [.released(id)])
        #expect(rig.isClean)
    }

    @Test func `one that had been answered gets BYE with a number that was never used`() throws {
        let (former, snapshot) = try formerLife([.answer()], until: .seconds(2))
        #expect(snapshot.stage == .confirmed)
        let rig = nextLife(after: former)
        let id = try #require(hangUp(snapshot, in: rig))
        rig.run(until: .seconds(120))
        let bye = try #require(rig.phone.heard(.bye).first)
        #expect(bye.cseq.number > 5)
        #expect(bye.to.tag == "phone")
        #expect(bye.uri.text == "sip:phone@10.0.0.2:5060")
        #expect(bye.from.tag == former.sentRequests.first?.from.tag)
        #expect(rig.phone.heard(.cancel).isEmpty)
        #expect(rig.events.map(\.event) == [.released(id)])
        #expect(rig.isClean)
    }

    @Test func `its BYE is sent again where it is lost, and with credentials where it is challenged`() throws {
        let (former, snapshot) = try formerLife([.answer()], until: .seconds(2))
        let challenge = DigestChallenge(realm: "trunk", nonce: "n", algorithm: .sha256).text
        former.phone.verdicts[.bye] = [.refuse(.zero, 407, headers: [HeaderField(.proxyAuthenticate, challenge)])]
        let rig = nextLife(after: former, conditions: Conditions(delay: .milliseconds(20), loss: 0.5))
        _ = hangUp(snapshot, in: rig, digest: DigestClient(username: "room", password: "secret"))
        rig.run(until: .seconds(120))
        #expect(rig.phone.heard(.bye).last?.headers.contains(.proxyAuthorization) == true)
        #expect(rig.releases == 1)
        #expect(rig.isClean)
    }

    @Test func `one whose peer is silent is given up`() throws {
        for (script, end) in [([VirtualPhone.Step.ring()], 2), ([.answer()], 2)] {
            let (former, snapshot) = try formerLife(script, until: .seconds(end))
            let rig = nextLife(after: former)
            rig.cut()
            _ = hangUp(snapshot, in: rig)
            rig.run(until: .seconds(120))
            #expect(rig.releases == 1)
            #expect(rig.isClean)
        }
    }

    @Test func `a repeated 200 after the crash gets ACK and BYE`() throws {
        // The INVITE was answered while nobody listened, and the journal knows nothing of it.
        let (former, snapshot) = try formerLife([.ring(), .answer(.milliseconds(2010)), .answer(.seconds(3))], until: .seconds(2))
        former.phone.answersCancel = false
        let rig = nextLife(after: former)
        _ = hangUp(snapshot, in: rig)
        rig.run(until: .seconds(120))
        #expect(rig.phone.heard(.ack).count == 2)
        #expect(rig.phone.heard(.bye).count == 1)
        #expect(rig.releases == 1)
        #expect(rig.isClean)
    }

    @Test func `a journal that was damaged is refused`() throws {
        let (_, snapshot) = try formerLife([.answer()], until: .seconds(2))
        let rig = CallRig()
        for damage in [
            { $0.local = "nonsense <" }, { $0.local = "<sip:a@b>" }, { $0.remote = "" }, { $0.remoteTarget = "no uri" }, { $0.routes = ["<"] },
            { $0.nextHop = "here" }, { $0.localAddress = "10.0.0.1" },
        ] as [(inout DialogSnapshot) -> Void] {
            var damaged = snapshot
            damage(&damaged)
            let id = hangUp(damaged, in: rig)
            #expect(id == nil)
        }
        #expect(rig.isClean)
    }
}

import Bridge
import Domain
import SIP
import Testing

/// What the desk has written down, and what a successor makes of it.
@Suite struct DeskJournalTests {
    @Test func `every INVITE is in the journal before it leaves`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, username: "acme"), DeskRig.trunk(2)], extensions: [DeskRig.phone("610")])
        rig.peer(3).register("610", password: DeskRig.secret)
        rig.peer(4).register("610", password: DeskRig.secret)
        rig.place(over: [1, 2])
        rig.peer(1).challenge(407)
        rig.peer(1).respond(503)
        rig.place(Sample.call(2), to: "610")
        #expect(rig.unwritten == 0)
        #expect(rig.written == 5)
    }

    @Test func `the journal names the trunk, follows the dialog and is empty at the end`() throws {
        let rig = DeskRig(trunks: [DeskRig.trunk(1)])
        rig.place(over: [1])
        guard case .dialog(let session, DeskRig.id(1), let inviting) = try #require(rig.journal.first) else {
            Issue.record("\(rig.journal)")
            return
        }
        #expect(inviting.stage == .inviting)
        rig.peer(1).answer()
        #expect(rig.dialogs[session]?.stage == .confirmed)
        rig.hangUp()
        #expect(rig.dialogs.isEmpty)
        #expect(rig.journal.last == .released(session))
    }

    @Test(arguments: [486, 487, 503] as [UInt16])
    func `a refused call is in the journal no more`(status: UInt16) {
        let rig = DeskRig(trunks: [DeskRig.trunk(1)])
        rig.place(over: [1])
        rig.peer(1).respond(status)
        #expect(rig.dialogs.isEmpty)
    }

    // MARK: Calls of a former life

    /// The last word in the journal of a life that was killed in a call.
    private func leftover(answered: Bool) throws -> DialogSnapshot {
        let rig = DeskRig(seed: 7, trunks: [DeskRig.trunk(1, username: "acme")])
        rig.place(over: [1])
        rig.peer(1).ring()
        if answered { rig.peer(1).answer() }
        return try #require(rig.dialogs.values.first)
    }

    @Test func `a call that was up gets BYE, with the trunk's password where it is asked for`() throws {
        let rig = DeskRig(seed: 8, trunks: [DeskRig.trunk(1, username: "acme")])
        rig.peer(1).isPolite = false
        rig.hangUp(orphan: try leftover(answered: true), trunk: 1)
        rig.peer(1).challenge(407, to: .bye)
        #expect(rig.peer(1).count(.bye) == 2)
        let credentials = rig.peer(1).last(.bye)?.headers[.proxyAuthorization].flatMap { DigestCredentials($0) }
        #expect(credentials?.username == "acme")
        #expect(rig.journal.isEmpty)
        rig.peer(1).respond(200, to: .bye)
        #expect(rig.journal.count == 1)
        rig.run(for: .seconds(64))
        #expect(rig.desk.sessionCount == 0 && rig.news.isEmpty)
    }

    @Test func `without the password it gets BYE all the same`() throws {
        let rig = DeskRig(seed: 8)
        rig.peer(1).isPolite = false
        rig.hangUp(orphan: try leftover(answered: true), trunk: 1)
        #expect(rig.peer(1).count(.bye) == 1)
        rig.peer(1).challenge(407, to: .bye)
        #expect(rig.peer(1).count(.bye) == 1)
        #expect(rig.journal.count == 1)
    }

    @Test func `a call that rang is cancelled`() throws {
        let rig = DeskRig(seed: 8)
        let snapshot = try leftover(answered: false)
        rig.peer(1).isPolite = false
        rig.hangUp(orphan: snapshot, trunk: 1)
        let cancel = try #require(rig.peer(1).requests.first)
        #expect(cancel.method == .cancel)
        #expect(cancel.via?.branch == snapshot.inviteBranch)
    }

    @Test func `a snapshot that cannot be read is nobody's`() throws {
        let rig = DeskRig(seed: 8)
        var snapshot = try leftover(answered: true)
        snapshot.nextHop = "nowhere"
        #expect(rig.desk.hangUp(orphan: snapshot, trunk: nil, now: rig.now, wall: 0) == nil)
        #expect(rig.desk.sessionCount == 0)
    }
}

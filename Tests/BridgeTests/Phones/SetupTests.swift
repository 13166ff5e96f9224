import Bridge
import Domain
import SIP
import Testing

/// What the web side tells of trunks and extensions.
@Suite struct SetupTests {
    private func setup(_ version: UInt64, _ trunks: [TrunkSetup]) -> BridgeSetup { BridgeSetup(version: version, trunks: trunks, extensions: []) }

    private func configure(_ rig: DeskRig, _ setup: BridgeSetup) { rig.desk.configure(setup, now: rig.now, wall: 0) }

    @Test func `a web process that cannot read its database has told nothing`() {
        let rig = DeskRig()
        #expect(!rig.desk.setupIsKnown)
        configure(rig, .none)
        // Else a call of a former life would be hung up without its trunk's password.
        #expect(!rig.desk.setupIsKnown)
        configure(rig, setup(1, []))
        #expect(rig.desk.setupIsKnown)
        #expect(!rig.desk.needsNetwork)
    }

    @Test func `it takes away nothing that is known, and neither does an older version`() {
        let rig = DeskRig()
        configure(rig, setup(5, [DeskRig.trunk(1)]))
        configure(rig, .none)
        configure(rig, setup(4, []))
        #expect(rig.desk.setupIsKnown && rig.desk.needsNetwork)
        rig.place(over: [1])
        #expect(rig.peer(1).count(.invite) == 1)
        configure(rig, setup(6, []))
        #expect(!rig.desk.needsNetwork)
    }

    @Test func `a name is looked up when it is new, not with every greeting`() {
        let rig = DeskRig()
        rig.configure([DeskRig.trunk(1, host: "sip.example"), DeskRig.trunk(2)])
        rig.configure([DeskRig.trunk(1, host: "sip.example"), DeskRig.trunk(2)])
        #expect(rig.lookups == [DeskRig.id(1)])
        rig.configure([DeskRig.trunk(1, host: "other.example"), DeskRig.trunk(2)])
        #expect(rig.lookups.count == 2)
        #expect(rig.desk.name(of: DeskRig.id(1))?.host == "other.example")
    }

    @Test func `the answer to a lookup has the port that the trunk has by then`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, host: "sip.example")])
        var moved = DeskRig.trunk(1, host: "sip.example")
        moved.port = 5090
        rig.configure([moved])
        rig.resolve(1, host: "sip.example", to: [DeskRig.address(1)])
        rig.place(over: [1])
        var address = DeskRig.address(1)
        address.port = 5090
        #expect(rig.peer(at: address).count(.invite) == 1)
    }
}

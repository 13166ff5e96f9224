import Bridge
import Domain
import SIP
import Testing

/// Calls to the phones that are registered as an extension.
@Suite struct ExtensionCallTests {
    /// Two phones of extension 610.
    private func rig(told: SIPAddress = DeskRig.local) -> DeskRig {
        let rig = DeskRig(extensions: [DeskRig.phone("610")], told: told)
        rig.peer(1).register("610", password: DeskRig.secret)
        rig.peer(2).register("610", password: DeskRig.secret)
        #expect(rig.peer(1).responses.map(\.status) == [401, 200] && rig.peer(2).responses.map(\.status) == [401, 200])
        return rig
    }

    @Test func `the first phone that answers has the call, and the other rings no longer`() {
        let rig = rig()
        rig.place(to: "610")
        rig.peer(1).ring()
        rig.peer(2).ring()
        rig.peer(2).answer()
        #expect(rig.peer(1).requests.map(\.method) == [.invite, .cancel, .ack])
        #expect(rig.peer(2).requests.map(\.method) == [.invite, .ack])
        #expect(rig.words() == ["ringing", "ringing", "media", "tried phones 200", "answered"])
        rig.hangUp()
        #expect(rig.peer(2).count(.bye) == 1)
        rig.run(for: .seconds(64))
        #expect(rig.desk.callCount == 0 && rig.desk.sessionCount == 0 && rig.dialogs.isEmpty)
    }

    @Test func `two phones that are picked up at once: the second is acknowledged and let go`() {
        let rig = rig()
        rig.peer(1).isPolite = false
        rig.place(to: "610")
        rig.peer(1).ring()
        rig.peer(2).answer()
        rig.peer(1).answer()
        #expect(rig.peer(1).requests.map(\.method) == [.invite, .cancel, .ack, .bye])
        #expect(rig.words().filter { $0 == "answered" }.count == 1)
    }

    @Test func `a phone that is busy says more than one that is away, and the call waits for the last`() {
        let rig = rig()
        rig.place(to: "610")
        rig.peer(1).respond(486)
        #expect(rig.words() == [])
        rig.peer(2).respond(503)
        #expect(rig.words() == ["tried phones 486", "ended busy by phone"])
    }

    @Test func `who declines on one phone has declined on all`() {
        let rig = rig()
        rig.place(to: "610")
        rig.peer(2).ring()
        rig.peer(1).respond(603)
        #expect(rig.words() == ["ringing", "tried phones 603", "ended declined by phone"])
        #expect(rig.peer(2).count(.cancel) == 1)
    }

    @Test func `a phone that is gone without a word does not hold up what the other one says`() {
        let rig = rig()
        rig.place(to: "610")
        rig.peer(1).ring()
        rig.run(for: .seconds(6))
        #expect(rig.words() == ["ringing"])
        rig.peer(1).respond(486)
        #expect(rig.words() == ["ringing", "tried phones 486", "ended busy by phone"])
    }

    @Test func `behind a NAT of ours a phone is told the address in front of it`() {
        let front = SIPAddress(SIP.IPAddress(ipv4: 0xCB00_7105), port: 5060)
        let rig = rig(told: front)
        rig.place(to: "610")
        let invite = rig.peer(1).last(.invite)
        #expect(invite?.contacts.first?.text.contains("203.0.113.5") == true)
        #expect(invite.map { String(decoding: $0.body, as: UTF8.self) }?.contains("c=IN IP4 203.0.113.5") == true)
    }

    @Test func `an extension without a phone is unreachable`() {
        let rig = DeskRig(extensions: [DeskRig.phone("610")])
        rig.place(to: "610")
        #expect(rig.words() == ["ended unreachable by system"])
        #expect(rig.ending?.detail.contains("610") == true)
        #expect(rig.isClean)
    }

    @Test func `a phone whose extension was taken away is not rung`() {
        let rig = rig()
        rig.configure([])
        rig.place(to: "610")
        #expect(rig.words() == ["ended unreachable by system"])
    }

    @Test func `a phone is called where its REGISTER came from`() {
        let rig = rig()
        rig.place(to: "610")
        #expect(rig.peer(1).last(.invite)?.uri.user == "610")
        #expect(rig.peer(1).count(.invite) == 1 && rig.peer(2).count(.invite) == 1)
    }
}

import Domain
import Testing

@Suite("Changing a trunk")
struct TrunkPatchTests {
    private static let plain = TrunkSettings(name: ShortLabel("Carrier")!, host: HostName("sip.example.com")!)

    private static var registered: TrunkSettings {
        var settings = plain
        settings.username = DigestUsername("ringlink")
        return settings
    }

    @Test("What a change does not name stays, and null clears")
    func merge() throws {
        var settings = Self.registered
        settings.maximumCalls = 3
        settings.callerIDs = [E164Number("+4930901820")!]
        var patch = TrunkPatch()
        patch.priority = 1
        patch.maximumCalls = .clear
        let changed = try patch.applied(to: settings, hasPassword: true)
        #expect(changed.priority == 1 && changed.maximumCalls == nil)
        #expect(changed.callerIDs == settings.callerIDs && changed.username == settings.username && changed.codecs == [.pcmu, .pcma])
        #expect(try TrunkPatch().applied(to: settings, hasPassword: true) == settings)
    }

    @Test("A username and a password come and go together")
    func together() throws {
        var patch = TrunkPatch()
        patch.username = .set(DigestUsername("ringlink")!)
        #expect(throws: TrunkPatch.Refusal.passwordMissing) { try patch.applied(to: Self.plain, hasPassword: false) }
        patch.password = .set(TrunkPassword("secret")!)
        #expect(try patch.applied(to: Self.plain, hasPassword: false).username?.text == "ringlink")
        patch.username = .keep
        #expect(throws: TrunkPatch.Refusal.usernameMissing) { try patch.applied(to: Self.plain, hasPassword: false) }
        #expect(try patch.applied(to: Self.registered, hasPassword: true) == Self.registered)
        patch.password = .clear
        #expect(throws: TrunkPatch.Refusal.passwordMissing) { try patch.applied(to: Self.registered, hasPassword: true) }
        // Clearing the name of a trunk with a kept password takes the password along.
        var anonymous = TrunkPatch()
        anonymous.username = .clear
        #expect(try anonymous.applied(to: Self.registered, hasPassword: true) == Self.plain)
    }

    @Test("A username that no address can hold needs another user for From")
    func fromUser() throws {
        var patch = TrunkPatch()
        patch.username = .set(DigestUsername("line 7@carrier")!)
        patch.password = .set(TrunkPassword("secret")!)
        #expect(throws: TrunkPatch.Refusal.fromUserNeeded) { try patch.applied(to: Self.plain, hasPassword: false) }
        patch.fromUser = .set(SIPUser("line7")!)
        #expect(try patch.applied(to: Self.plain, hasPassword: false).fromUser?.text == "line7")
    }

    @Test(
        "A host is a name or an address",
        arguments: [
            ("sip.example.com", "sip.example.com"), ("SIP.Example.com", "sip.example.com"), ("trunk", "trunk"), ("192.0.2.1", "192.0.2.1"),
            ("2001:DB8::1", "2001:db8::1"), ("a-b.c0", "a-b.c0"), ("", nil), ("a..b", nil), ("-a.b", nil), ("a-.b", nil), ("a b", nil),
            ("sip.example.com:5060", nil), ("[::1]", nil), ("256.1.1.1", nil), ("1.2.3", nil), ("ä.example", nil), ("a/b", nil), ("a\r\nb", nil),
            (String(repeating: "a", count: 64) + ".b", nil),
        ])
    func hosts(text: String, host: String?) { #expect(HostName(text)?.text == host) }

    @Test(
        "A number is E.164 and no emergency number, and a prefix may be short",
        arguments: [
            ("+4930901820", true, true), ("+49", false, true), ("4930901820", false, false), ("+0301234567", false, false),
            ("+49 30 901820", false, false), ("+4930901820１", false, false), ("+1234567890123456", false, false), ("+", false, false),
            ("+2710111", false, true),
        ])
    func numbers(text: String, isNumber: Bool, isPrefix: Bool) {
        #expect((E164Number(text) != nil) == isNumber)
        #expect((NumberPrefix(text) != nil) == isPrefix)
    }
}

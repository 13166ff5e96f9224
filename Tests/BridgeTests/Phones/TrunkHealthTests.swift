import Bridge
import Domain
import SIP
import Testing

/// Trunks that are asked whether they are there, beside the calls.
@Suite struct TrunkHealthTests {
    @Test func `a trunk is asked in its own name, and its answer is news once`() throws {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, username: "acme", options: 30)])
        rig.peer(1).options = 404
        rig.run(for: .seconds(100))
        let asked = try #require(rig.peer(1).last(.options))
        #expect(asked.uri.text == "sip:10.0.0.2" && asked.from.uri.sip?.user == "acme" && asked.to.tag == nil)
        #expect(asked.headers[.userAgent] == "ringlink-test")
        #expect((3...5).contains(rig.peer(1).count(.options)))
        #expect(rig.trunkNews.map(\.word) == ["up 1"])
        #expect(rig.report(1)?.state == .up && rig.report(1)?.check?.status == 404)
    }

    @Test func `one that falls silent is down, and up again when it is back`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, options: 10), DeskRig.trunk(2, options: 10)])
        rig.peer(1).options = 200
        rig.peer(2).options = 200
        rig.run(for: .seconds(60))
        rig.peer(1).options = nil
        rig.run(for: .seconds(60))
        rig.peer(1).options = 200
        rig.run(for: .seconds(60))
        #expect(Set(rig.trunkNews.prefix(2).map(\.word)) == ["up 1", "up 2"])
        #expect(rig.trunkNews.dropFirst(2).map(\.word) == ["down 1 no_answer", "up 1"])
        #expect(rig.trunkNews.last.map { $0.at - .seconds(120) < .seconds(25) } == true)
    }

    @Test func `nobody at the address, no route and no name are told apart`() {
        let nowhere = DeskRig.address(2).ip
        let rig = DeskRig(
            trunks: [DeskRig.trunk(1, options: 10), DeskRig.trunk(2, options: 10), DeskRig.trunk(3, host: "sip.invalid", options: 10)]
        ) { $0.ip != nowhere }
        for _ in 0..<60 {
            rig.run(for: .milliseconds(500))
            rig.refuseDatagrams(at: DeskRig.address(1))
            rig.resolve(3, host: "sip.invalid", to: [])
        }
        #expect(Set(rig.trunkNews.map(\.word)) == ["down 1 unreachable", "down 2 no_route", "down 3 no_address"])
    }

    @Test func `a name with several addresses is up as long as one of them answers`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, host: "sip.example.com", options: 10)])
        rig.resolve(1, host: "sip.example.com", to: [DeskRig.address(1), DeskRig.address(1, 1)])
        rig.peer(1, 1).options = 200
        rig.run(for: .seconds(200))
        #expect(rig.trunkNews.map(\.word) == ["up 1"])
        #expect(rig.peer(1).count(.options) > 0)
    }

    @Test func `a trunk that is down is tried last, once, and asked at once`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, options: 600), DeskRig.trunk(2)])
        // Between two questions.
        rig.run(for: .milliseconds(24_500))
        #expect(rig.trunkNews.map(\.word) == ["down 1 no_answer"])
        rig.place(over: [1, 2])
        #expect(rig.peer(1).count(.invite) == 0 && rig.peer(2).count(.invite) == 1)
        rig.peer(1).options = 200
        rig.peer(2).respond(503)
        #expect(rig.peer(1).count(.invite) == 1)
        #expect(rig.report(1)?.state == .up, "the call made sure of it")
        rig.peer(1).answer()
        #expect(rig.words() == ["tried 2 503", "media", "tried 1 200", "answered"])
    }

    @Test func `a trunk that is down is called all the same where there is no other`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, options: 600)])
        rig.run(for: .seconds(30))
        #expect(rig.report(1)?.state == .down)
        rig.place(over: [1])
        rig.peer(1).answer()
        #expect(rig.words() == ["media", "tried 1 200", "answered"])
    }

    @Test func `a second holds no more calls than the trunk takes, and the next trunk has the others`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, pace: 2), DeskRig.trunk(2)])
        for call in 1...5 { rig.place(Sample.call(call), over: [1, 2]) }
        #expect(rig.peer(1).count(.invite) == 2 && rig.peer(2).count(.invite) == 3)
        #expect(rig.attempts.map(\.detail) == Array(repeating: "The trunk was given its 2 calls of this second.", count: 3))
        #expect(rig.report(1)?.callsInLastSecond == 2 && rig.report(1)?.calls == 2)
        rig.run(for: .seconds(1))
        rig.place(Sample.call(6), over: [1])
        #expect(Set(rig.peer(1).requests.filter { $0.method == .invite }.map(\.callID)).count == 3)
        #expect(rig.report(1)?.callsInLastSecond == 1)
    }

    @Test func `a pinned trunk that is full ends the call, and says why`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, calls: 1)])
        rig.place(over: [1])
        rig.place(Sample.call(2), over: [1])
        #expect(rig.words(of: Sample.call(2)) == ["tried 1 –", "ended trunk_unavailable by system"])
        #expect(rig.ending?.detail == "All lines of the trunk are in use. Try again in a moment.")
    }

    @Test func `a test asks at once, tells what came of it, and does not ask again a moment later`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1)])
        #expect(rig.test(1))
        #expect(rig.test(1), "who comes meanwhile waits for the same answer")
        #expect(rig.peer(1).count(.options) == 1 && rig.checked.isEmpty)
        rig.peer(1).respond(405, to: .options)
        #expect(rig.checked == [DeskRig.id(1)])
        #expect(rig.report(1)?.check?.status == 405 && rig.report(1)?.state == .unknown)
        #expect(!rig.test(1))
        rig.run(for: .seconds(6))
        #expect(rig.test(1))
        rig.run(for: .seconds(3))
        #expect(rig.report(1)?.check?.obstacle == .noAnswer)
        #expect(!rig.test(9), "a trunk that is not set up has nothing to test")
    }

    @Test func `a trunk that moves is asked anew, one that is renamed is not`() {
        var trunk = DeskRig.trunk(1, options: 600)
        let rig = DeskRig(trunks: [trunk])
        rig.peer(1).options = 200
        rig.run(for: .seconds(2))
        trunk.name = "Another name"
        rig.configure([trunk])
        rig.run(for: .seconds(2))
        #expect(rig.peer(1).count(.options) == 1 && rig.report(1)?.state == .up)
        trunk.host = DeskRig.address(7).ip.text
        rig.configure([trunk])
        #expect(rig.report(1)?.state == .unknown)
        rig.peer(7).options = 200
        rig.run(for: .seconds(2))
        #expect(rig.trunkNews.map(\.word) == ["up 1", "up 1"])
        rig.configure([])
        rig.run(for: .seconds(60))
        #expect(rig.report(1) == nil && rig.isClean)
    }

    @Test func `a test of a trunk that is removed meanwhile is over`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1)])
        #expect(rig.test(1))
        rig.configure([])
        #expect(rig.checked == [DeskRig.id(1)] && rig.report(1) == nil)
        rig.peer(1).respond(200, to: .options)
        #expect(rig.isClean)
    }

    @Test func `the number is rewritten, and the caller id is the call's or the trunk's first`() throws {
        var trunk = DeskRig.trunk(1)
        trunk.callerIDs = ["+4930901820", "+4930901821"]
        trunk.rewriting = NumberRewriting([try #require(NumberRewriting.Rule(match: "+49", strip: 3, prepend: "0"))])
        let rig = DeskRig(trunks: [trunk])
        rig.place(over: [1])
        let invite = try #require(rig.peer(1).last(.invite))
        #expect(invite.uri.sip?.user == "030123456" && invite.to.uri.sip?.user == "030123456")
        #expect(invite.headers[.pAssertedIdentity]?.contains("+4930901820@") == true && invite.from.uri.sip?.user == "+4930901820")
        rig.place(Sample.call(2), over: [1], callerID: "+4940111222")
        #expect(rig.peer(1).last(.invite)?.headers[.pAssertedIdentity]?.contains("+4940111222@") == true)
    }
}

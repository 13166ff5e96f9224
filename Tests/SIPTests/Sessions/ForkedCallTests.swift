import SIP
import Testing
import VirtualNetwork

@Suite struct ForkedCallTests {
    @Test func `two telephones ring with media of their own`() {
        let rig = CallRig()
        let (one, two) = (SIPBody(Array("one".utf8)), SIPBody(Array("two".utf8)))
        rig.phone.scripts = [
            [.ring(.zero, 183, body: one, tag: "a"), .ring(.milliseconds(10), 183, body: two, tag: "b"), .answer(.seconds(1), tag: "b")]
        ]
        rig.place()
        rig.run(until: .seconds(5))
        let seen = rig.events.compactMap { if case .progress(_, _, let body, let fork) = $0.event { "\(fork) \(body == one ? 1 : 2)" } else { nil } }
        #expect(seen == ["a 1", "b 2"])
        #expect(rig.phone.heard(.ack).map(\.to.tag) == ["b"])
    }

    @Test func `the second of two who pick up is acknowledged and let go`() {
        let rig = CallRig()
        rig.phone.scripts = [
            [.ring(.zero, tag: "a"), .ring(.zero, tag: "b"), .answer(.seconds(1), tag: "a"), .answer(.milliseconds(1050), tag: "b")]
        ]
        let id = rig.place()
        rig.at(.seconds(10)) { $0.hangUp(id) }
        rig.run(until: .seconds(9))
        #expect(rig.answers.count == 1)
        #expect(rig.phone.heard(.bye).map(\.to.tag) == ["b"])
        #expect(rig.ends.isEmpty)
        rig.run(until: .seconds(120))
        #expect(Set(rig.phone.heard(.ack).compactMap(\.to.tag)) == ["a", "b"])
        #expect(rig.phone.heard(.bye).map(\.to.tag) == ["b", "a"])
        #expect(rig.ends == [CallEnd(.hungUp, wasAnswered: true)])
        #expect(rig.releases == 1)
        #expect(rig.isClean)
    }

    @Test func `one who picks up after the end is let go, too`() {
        let rig = CallRig()
        rig.phone.scripts = [[.answer(.seconds(1), tag: "a"), .answer(.seconds(4), tag: "b")]]
        let id = rig.place()
        rig.at(.seconds(2)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        #expect(rig.phone.heard(.bye).map(\.to.tag) == ["a", "b"])
        #expect(rig.ends.count == 1)
        #expect(rig.releases == 1)
        #expect(rig.isClean)
    }

    @Test func `a hundred forks are not followed`() {
        let rig = CallRig()
        rig.phone.scripts = [(0..<100).map { .ring(.milliseconds($0), tag: "f\($0)") } + [.answer(.seconds(1), tag: "f1")]]
        rig.place()
        rig.run(until: .seconds(5))
        #expect(rig.progress.count == 16)
        #expect(rig.answers.count == 1)
    }

    @Test func `a telephone that says it has stopped ringing makes room`() {
        let rig = CallRig()
        rig.phone.scripts = [[.ring(.zero, tag: "a"), .ring(.milliseconds(10), 199, tag: "a"), .answer(.seconds(1), tag: "a")]]
        rig.place()
        rig.run(until: .seconds(5))
        #expect(rig.progress == [180])
        #expect(rig.answers.count == 1)
    }
}

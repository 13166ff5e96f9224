import SIP
import Testing
import VirtualNetwork

/// Calls over networks that lose, delay, reorder and repeat: each has one end and leaves nothing behind.
@Suite struct LossTests {
    private static let bad = Conditions(
        delay: .milliseconds(80), jitter: .milliseconds(60), jitterReorders: true, loss: 0.25, reorder: 0.1, reorderDelay: .milliseconds(900),
        duplication: 0.2)

    /// What must hold for every call, whatever the network did.
    private func check(_ rig: CallRig, _ seed: UInt64) {
        #expect(rig.ends.count == 1, "seed \(seed)")
        #expect(rig.releases == 1, "seed \(seed)")
        #expect(rig.isClean, "seed \(seed)")
        let order = rig.events.map(\.event)
        let end = order.firstIndex { if case .ended = $0 { true } else { false } }
        let late = order[((end ?? 0) + 1)...].contains {
            switch $0 {
            case .trying, .progress, .answered, .offered, .offerAnswered, .offerRefused, .ended: true
            case .offerWithdrawn, .dialog, .released, .registration, .probed: false
            }
        }
        #expect(!late, "seed \(seed)")
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `an answered call of a minute ends by our BYE`(seed: UInt64) {
        let rig = CallRig(seed: seed, conditions: Self.bad)
        rig.phone.scripts = [[.ring(.zero, 100), .ring(.milliseconds(200)), .answer(.seconds(3))]]
        let id = rig.place()
        rig.at(.seconds(60)) { $0.hangUp(id) }
        rig.run(until: .seconds(200))
        check(rig, seed)
        #expect(rig.ends.map(\.cause) == [.hungUp], "seed \(seed)")
        #expect(!rig.phone.heard(.ack).isEmpty, "seed \(seed)")
    }

    @Test(arguments: 100..<160 as Range<UInt64>)
    func `an answered call with hold and resume ends by the peer's BYE`(seed: UInt64) {
        let rig = CallRig(seed: seed, conditions: Self.bad)
        rig.phone.scripts = [[.ring(), .answer(.seconds(3))]]
        rig.onEvent = { event, rig in
            if case .offered(_, let token, _, _) = event { rig.endpoint.answerOffer(token, with: CallRig.offer, now: rig.now, random: &rig.random) }
        }
        rig.place()
        rig.at(.seconds(15)) { $0.phone.send(.invite, body: SIPBody(Array("hold".utf8)), now: $0.now) }
        rig.at(.seconds(35)) { $0.phone.send(.update, body: SIPBody(Array("resume".utf8)), now: $0.now) }
        rig.at(.seconds(60)) { $0.phone.send(.bye, now: $0.now) }
        rig.run(until: .seconds(250))
        check(rig, seed)
        #expect(rig.ends.first?.wasAnswered == true, "seed \(seed)")
    }

    @Test(arguments: 200..<260 as Range<UInt64>)
    func `a busy one is busy`(seed: UInt64) {
        let rig = CallRig(seed: seed, conditions: Self.bad)
        rig.phone.scripts = [[.ring(.zero, 100), .refuse(.seconds(1), 486)]]
        rig.place()
        rig.run(until: .seconds(200))
        check(rig, seed)
        #expect(rig.ends == [CallEnd(.refused, status: 486)], "seed \(seed)")
        // The last word is our ACK, or the peer would go on.
        #expect(!rig.phone.heard(.ack).isEmpty, "seed \(seed)")
    }

    @Test(arguments: 300..<400 as Range<UInt64>)
    func `a cancelled one is over at both ends, whatever crossed`(seed: UInt64) {
        let rig = CallRig(seed: seed, conditions: Self.bad)
        rig.phone.scripts = [[.ring(.zero, 100), .ring(.milliseconds(300)), .answer(.seconds(2))]]
        let id = rig.place()
        var random = SeededGenerator(seed: seed)
        rig.at(.milliseconds(Int.random(in: 0...3000, using: &random))) { $0.hangUp(id) }
        rig.run(until: .seconds(250))
        check(rig, seed)
        // Where it was answered it was hung up: a billed leg does not stay.
        if rig.phone.heard(.ack).contains(where: { $0.via?.branch != rig.phone.heard(.invite).first?.via?.branch }) {
            #expect(!rig.phone.heard(.bye).isEmpty, "seed \(seed)")
        }
    }

    @Test(arguments: 400..<440 as Range<UInt64>)
    func `a challenged one goes through`(seed: UInt64) {
        let rig = CallRig(seed: seed, conditions: Self.bad)
        let challenge = DigestChallenge(realm: "trunk", nonce: "n", algorithm: .md5).text
        rig.phone.scripts = [[.refuse(.zero, 407, headers: [HeaderField(.proxyAuthenticate, challenge)])], [.ring(), .answer(.seconds(2))]]
        let id = rig.place(CallRig.request(digest: DigestClient(username: "room", password: "secret")))
        rig.at(.seconds(80)) { $0.hangUp(id) }
        rig.run(until: .seconds(300))
        check(rig, seed)
        #expect(rig.answers.count == 1, "seed \(seed)")
    }

    @Test(arguments: 500..<520 as Range<UInt64>)
    func `a line that goes dead in the call ends it when we hang up`(seed: UInt64) {
        let rig = CallRig(seed: seed)
        rig.phone.scripts = [[.answer()]]
        let id = rig.place()
        rig.at(.seconds(5)) {
            $0.cut()
            $0.hangUp(id)
        }
        rig.run(until: .seconds(200))
        check(rig, seed)
        #expect(rig.ends.map(\.cause) == [.hungUp])
    }
}

import API
import Testing

@Suite("The lease of a bridge")
struct BridgeLeaseTests {
    @Test("A bridge that was never met does not die")
    func unknown() {
        var lease = BridgeLease(now: .zero)
        #expect(lease.hasJustDied(now: .seconds(100)) == false)
        #expect(lease.state == .unknown)
    }

    @Test("15 s without an answer is death, once, until the next contact")
    func dies() {
        var lease = BridgeLease(now: .zero)
        lease.contact(now: .seconds(1))
        lease.asked(now: .seconds(1))
        #expect(Self.deaths(of: &lease, from: 1, to: 15) == [])
        #expect(lease.state == .alive)
        #expect(Self.deaths(of: &lease, from: 16, to: 18) == [16])
        #expect(lease.state == .dead)
        lease.contact(now: .seconds(20))
        #expect(lease.state == .alive)
        lease.asked(now: .seconds(20))
        // Asked again and again: the first question counts.
        lease.asked(now: .seconds(25))
        #expect(Self.deaths(of: &lease, from: 20, to: 50) == [35])
    }

    @Test("A bridge that was asked nothing is not silent, however long the last answer keeps us busy")
    func busy() {
        var lease = BridgeLease(now: .zero)
        lease.asked(now: .seconds(1))
        lease.contact(now: .seconds(2))
        #expect(Self.deaths(of: &lease, from: 2, to: 300, asking: false) == [])
        lease.asked(now: .seconds(300))
        #expect(Self.deaths(of: &lease, from: 301, to: 330) == [315])
    }

    @Test("Time in which we stood still ourselves does not count: the calls of a bridge that lives are not ended for it")
    func stoodStill() {
        var lease = BridgeLease(now: .zero)
        lease.contact(now: .seconds(1))
        lease.asked(now: .seconds(1))
        #expect(Self.deaths(of: &lease, from: 1, to: 5) == [])
        // Stopped for a minute, and it was silent for four seconds before.
        #expect(Self.deaths(of: &lease, from: 65, to: 90) == [74])
        lease.contact(now: .seconds(91))
        _ = Self.deaths(of: &lease, from: 91, to: 92)
        // The answer that had waited for us is read before the first look: that is a contact as any other.
        lease.contact(now: .seconds(200))
        lease.asked(now: .seconds(200))
        #expect(Self.deaths(of: &lease, from: 200, to: 230) == [215])
    }

    @Test("One question that was lost is no silence, while nobody has asked again")
    func lost() {
        var lease = BridgeLease(now: .zero)
        lease.contact(now: .seconds(1))
        lease.asked(now: .seconds(2))
        #expect(Self.deaths(of: &lease, from: 2, to: 60, asking: false) == [])
        #expect(Self.deaths(of: &lease, from: 61, to: 61) == [61])
    }

    /// The seconds at which it dies, looked for every second; each time the bridge is asked something, too.
    private static func deaths(of lease: inout BridgeLease, from first: Int, to last: Int, asking: Bool = true) -> [Int] {
        var deaths: [Int] = []
        for second in first...last {
            if asking { lease.asked(now: .seconds(second)) }
            if lease.hasJustDied(now: .seconds(second)) { deaths.append(second) }
        }
        return deaths
    }
}

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

    @Test("15 s without contact is death, once, until the next contact")
    func dies() {
        var lease = BridgeLease(now: .zero)
        lease.contact(now: .seconds(1))
        #expect(lease.hasJustDied(now: .seconds(15.9)) == false)
        #expect(lease.state == .alive)
        #expect(lease.hasJustDied(now: .seconds(16)) == true)
        #expect(lease.state == .dead)
        #expect(lease.hasJustDied(now: .seconds(17)) == false)
        lease.contact(now: .seconds(20))
        #expect(lease.state == .alive)
        #expect(lease.hasJustDied(now: .seconds(35)) == true)
    }
}

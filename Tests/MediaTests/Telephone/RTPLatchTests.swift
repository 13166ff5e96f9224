import ICE
import Media
import Testing

@Suite("Where a phone's RTP comes from")
struct RTPLatchTests {
    private let signalled = TransportAddress(ipv4: 0xC633_6401, port: 30_000)
    private let natted = TransportAddress(ipv4: 0xCB00_7101, port: 55_555)
    private let stranger = TransportAddress(ipv4: 0xCB00_7102, port: 55_556)

    @Test("The SDP's address is the phone's, and once it has spoken nobody else is believed")
    func signalledFirst() {
        var latch = RTPLatch(signalled: signalled, isAllowed: true, now: .zero)
        let first = latch.accepts(signalled, now: .milliseconds(10))
        let later = latch.accepts(natted, now: .seconds(60))
        #expect(first && !later && latch.target == signalled)
    }

    @Test("Another source waits half a second, is then taken, and is the only one from then on")
    func latches() {
        var latch = RTPLatch(signalled: signalled, isAllowed: true, now: .seconds(1))
        let early = latch.accepts(natted, now: .milliseconds(1_499))
        #expect(!early && latch.target == signalled)
        let due = latch.accepts(natted, now: .milliseconds(1_500))
        #expect(due && latch.target == natted)
        let others = [stranger, signalled].map { latch.accepts($0, now: .seconds(5)) }
        #expect(others == [false, false] && latch.target == natted)
        let again = latch.accepts(natted, now: .seconds(6))
        #expect(again)
    }

    @Test("After a new offer a phone that is heard where it was stays there")
    func renewedInPlace() {
        var latch = RTPLatch(signalled: signalled, isAllowed: true, now: .zero)
        let first = latch.accepts(natted, now: .seconds(1))
        latch.renew(now: .seconds(60))
        #expect(first && latch.target == natted, "nothing is sent into the void meanwhile")
        let same = latch.accepts(natted, now: .milliseconds(60_020))
        let other = latch.accepts(stranger, now: .seconds(70))
        #expect(same && !other && latch.target == natted)
    }

    @Test("After a new offer a phone whose NAT has changed is found again, once")
    func renewedElsewhere() {
        var latch = RTPLatch(signalled: signalled, isAllowed: true, now: .zero)
        _ = latch.accepts(natted, now: .seconds(1))
        latch.renew(now: .seconds(60))
        let early = latch.accepts(stranger, now: .milliseconds(60_499))
        let due = latch.accepts(stranger, now: .milliseconds(60_500))
        let old = latch.accepts(natted, now: .seconds(61))
        #expect(!early && due && !old && latch.target == stranger)
    }

    @Test("After a new offer the SDP's own address is believed at once, also where no other is")
    func renewedToSignalled() {
        var latch = RTPLatch(signalled: signalled, isAllowed: true, now: .zero)
        _ = latch.accepts(natted, now: .seconds(1))
        latch.renew(now: .seconds(60))
        let own = latch.accepts(signalled, now: .milliseconds(60_001))
        #expect(own && latch.target == signalled)
    }

    @Test("A trunk that forbids it is heard from its SDP's address only")
    func forbidden() {
        var latch = RTPLatch(signalled: signalled, isAllowed: false, now: .zero)
        let other = latch.accepts(natted, now: .seconds(60))
        let own = latch.accepts(signalled, now: .seconds(61))
        #expect(!other && own)
    }
}

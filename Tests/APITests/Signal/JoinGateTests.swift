import API
import Domain
import Testing

@Suite("Joins of one address")
struct JoinGateTests {
    private let start = Duration.seconds(1000)

    private func admitted(_ gate: JoinGate, _ client: String?, tries: Int, now: Duration) -> Int {
        (0..<tries).count { _ in gate.admits(client.flatMap { IPAddress($0) }, now: now) }
    }

    @Test("Ten thousand joins a minute come to a burst and what is earned in the minute")
    func flood() {
        let gate = JoinGate()
        let admitted = (0..<10_000).count { gate.admits(IPAddress("192.0.2.1"), now: start + .milliseconds(6) * $0) }
        #expect(admitted == JoinGate.burst + 299)
    }

    @Test("Each IPv4 address and each /64 of IPv6 has a bucket of its own")
    func neighbours() {
        let gate = JoinGate()
        #expect(admitted(gate, "192.0.2.1", tries: 500, now: start) == JoinGate.burst)
        #expect(admitted(gate, "192.0.2.2", tries: 500, now: start) == JoinGate.burst)
        #expect(admitted(gate, "2001:db8::1", tries: 200, now: start) == 200)
        #expect(admitted(gate, "2001:db8::ffff:1", tries: 500, now: start) == JoinGate.burst - 200)
        #expect(admitted(gate, "2001:db8:0:1::1", tries: 500, now: start) == JoinGate.burst)
        #expect(admitted(gate, nil, tries: 500, now: start) == JoinGate.burst)
    }

    @Test("However many addresses there are, what is kept is bounded, and a known one is still counted")
    func bounded() {
        let buckets = TokenBuckets<Int>(burst: 1, refill: .seconds(1))
        for key in 0..<3 * TokenBuckets<Int>.capacity { _ = buckets.take(key, now: start) }
        #expect(buckets.count <= TokenBuckets<Int>.capacity)
        let last = 3 * TokenBuckets<Int>.capacity - 1
        #expect(!buckets.take(last, now: start).isAdmitted)
        #expect(buckets.take(last, now: start + .seconds(1)).isAdmitted)
    }
}

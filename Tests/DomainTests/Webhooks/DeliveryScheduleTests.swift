import Domain
import Testing

@Suite("When an event is tried again")
struct DeliveryScheduleTests {
    static let hour: Int64 = 3_600_000
    static let now = Sample.now * 1_000

    private func judge(
        _ answer: DeliveryAnswer, tries: Int = 1, failingSince: Int64? = nil, seed: UInt64 = 1, now: Int64 = now
    ) -> DeliverySchedule.Verdict {
        var generator = SplitMix(seed: seed)
        return DeliverySchedule.judge(answer, tries: tries, failingSince: failingSince, now: now, using: &generator)
    }

    @Test("Eleven tries that all fail lie within 70 to 87 hours, each wait longer than the last until a day, and differ by seed")
    func life() {
        var ends: Set<Int64> = []
        for seed in 0..<100 as Range<UInt64> {
            var now = Self.now
            var waits: [Int64] = []
            for tries in 1...DeliverySchedule.maximumTries {
                let verdict = judge(.failed(.unreachable), tries: tries, failingSince: Self.now, seed: seed &+ UInt64(tries) << 32, now: now)
                guard case .retry(let next) = verdict.delivery else {
                    #expect(verdict.delivery == .givenUp && tries == DeliverySchedule.maximumTries)
                    break
                }
                waits.append(next - now)
                now = next
            }
            #expect(waits.count == DeliverySchedule.maximumTries - 1)
            #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 < $1 || $1 >= 21 * Self.hour })
            #expect(waits[0] >= 4_500 && waits[0] <= 5_500 && waits.allSatisfy { $0 <= DeliverySchedule.longestWait })
            #expect((70 * Self.hour...87 * Self.hour).contains(now - Self.now))
            ends.insert(now)
        }
        #expect(ends.count > 90)
    }

    @Test("Only 2xx is success")
    func success() {
        for status in 100...599 {
            let verdict = judge(.status(status), failingSince: Self.now - 1)
            let isSuccess = (200...299).contains(status)
            #expect((verdict.delivery == .delivered) == isSuccess)
            #expect((verdict.failingSince == nil) == isSuccess)
            #expect((verdict.disable == .gone) == (status == 410))
            #expect(verdict.pauseUntil == nil)
        }
    }

    @Test("410 disables the endpoint, and the event is given up")
    func gone() {
        let verdict = judge(.status(410, retryAfterSeconds: 60))
        #expect(verdict == .init(delivery: .givenUp, disable: .gone, pauseUntil: nil, failingSince: Self.now))
    }

    @Test(
        "Retry-After is the least wait at 429 and 503, within a day, and quiets the endpoint for at most an hour",
        arguments: [
            (429, 60, 60_000, 60_000), (503, 7_200, 7_200_000, 3_600_000), (429, 1, nil, 1_000), (503, .max, 86_400_000, 3_600_000),
            (500, 60, nil, nil), (429, 0, nil, nil), (429, -5, nil, nil), (429, .min, nil, nil),
        ] as [(Int, Int64, Int64?, Int64?)])
    func retryAfter(status: Int, seconds: Int64, wait: Int64?, pause: Int64?) {
        let verdict = judge(.status(status, retryAfterSeconds: seconds))
        guard case .retry(let at) = verdict.delivery else { return #expect(Bool(false)) }
        if let wait {
            #expect(at == Self.now + wait)
        } else {
            #expect((4_500...5_500).contains(at - Self.now))
        }
        #expect(verdict.pauseUntil == pause.map { Self.now + $0 })
    }

    @Test("An endpoint at which nothing succeeded for five days is disabled, and not a moment sooner")
    func patience() {
        let limit = DeliverySchedule.patience
        #expect(judge(.status(500), failingSince: Self.now - limit).disable == .failing)
        #expect(judge(.status(500), failingSince: Self.now - limit + 1).disable == nil)
        #expect(judge(.status(204), failingSince: Self.now - limit).disable == nil)
        // The clock was set back.
        #expect(judge(.status(500), failingSince: Self.now + limit).failingSince == Self.now)
    }

    @Test("Absurd counts of tries are given up, not trapped on")
    func absurd() {
        #expect(judge(.failed(.timedOut), tries: .max).delivery == .givenUp)
        guard case .retry = judge(.failed(.timedOut), tries: .min).delivery else { return #expect(Bool(false)) }
    }
}

/// The same seed, the same waits.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

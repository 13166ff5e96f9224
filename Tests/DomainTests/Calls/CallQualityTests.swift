import Domain
import Testing

@Suite("How well a phone was heard")
struct CallQualityTests {
    private func quality(lost: Int = 0, jitter: Int = 0, roundTrip: Int? = nil) -> CallQuality {
        CallQuality(packetsReceived: 1_000 - lost, packetsLost: lost, jitterMilliseconds: jitter, roundTripMilliseconds: roundTrip, packetsSent: 500)
    }

    @Test("A clean G.711 call is rated as the E-model rates it, and loss and delay each cost")
    func score() throws {
        let clean = try #require(quality().meanOpinionScore)
        #expect(abs(clean - 4.40) < 0.02)
        let lossy = try #require(quality(lost: 50).meanOpinionScore)
        let slow = try #require(quality(roundTrip: 600).meanOpinionScore)
        #expect((3.8...4.0).contains(lossy))
        #expect((3.3...3.9).contains(slow))
        let terrible = try #require(quality(lost: 900, jitter: 500, roundTrip: 3_000).meanOpinionScore)
        #expect(terrible == 1)
    }

    @Test("Loss is told of what should have come, and nothing is rated that never came")
    func loss() {
        #expect(quality(lost: 50).lossPercent == 5)
        #expect(quality(lost: -3).lossPercent == 0)
        let silent = CallQuality(packetsReceived: 0, packetsLost: 0, jitterMilliseconds: 0, packetsSent: 500, reportedLost: 5)
        #expect(silent.lossPercent == 0 && silent.meanOpinionScore == nil && silent.reportedLossPercent == 1)
    }
}

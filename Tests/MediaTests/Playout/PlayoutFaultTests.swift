import Media
import Testing
import VirtualNetwork

@Suite("Faults of a received stream")
struct PlayoutFaultTests {
    @Test("Every packet twice is every packet once")
    func duplicates() {
        var rig = PlayoutRig()
        rig.conditions = Conditions(delay: .milliseconds(20), duplication: 1)
        var wrong = 0
        let statistics = rig.measure { pull, age in
            if pull.time > .seconds(1), pull.kind != .voice || age ?? 27 != 27 { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(statistics.duplicates >= 2990 && statistics.late == 0)
    }

    @Test("Reordered packets are put in order once the buffer has learnt of them")
    func reordering() {
        var rig = PlayoutRig()
        rig.conditions = Conditions(delay: .milliseconds(20), reorder: 0.05, reorderDelay: .milliseconds(35))
        var concealed = 0
        rig.measure { pull, _ in
            if pull.time > .seconds(5), pull.kind != .voice { concealed += 1 }
        }
        #expect(concealed == 0)
    }

    @Test("A lost packet is recovered from the next one if that is there, else concealed")
    func recovery() {
        var rig = PlayoutRig()
        rig.conditions = Conditions(delay: .milliseconds(40), jitter: .milliseconds(40), loss: 0.05)
        let decoder = MarkDecoder()
        decoder.hasRedundancy = true
        let recovering = rig.measure(decoder: decoder) { _, _ in }
        let concealing = rig.measure { _, _ in }
        #expect(recovering.recovered > 80)
        #expect(recovering.concealed < concealing.concealed / 2)
        #expect(concealing.recovered == 0)
    }

    @Test("Bursts of loss are concealed, fade away, and leave the delay as it was", arguments: [2, 5, 10, 50, 200])
    func bursts(length: Int) {
        var rig = PlayoutRig()
        rig.number = { index, ticks in
            index % 500 >= 500 - length ? nil : (UInt16(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: ticks))
        }
        var worst = 0.0
        var kinds = (voice: 0, concealed: 0, silence: 0)
        rig.measure { pull, age in
            switch pull.kind {
            case .voice: kinds.voice += 1
            case .concealed: kinds.concealed += 1
            case .silence: kinds.silence += 1
            }
            worst = max(worst, age ?? 0)
        }
        #expect(worst <= 22, "\(worst)")
        #expect(kinds.voice == 6 * (500 - length))
        // After 0.5 s without a packet the stream has paused.
        #expect(kinds.concealed == 6 * min(length, 26))
        #expect(kinds.silence == 6 * max(0, length - 26))
    }

    @Test("Pauses without sequence gaps (DTX) are no loss, and the voice is back at once", arguments: [3, 20, 100, 3000])
    func discontinuousTransmission(gap: Int) {
        var rig = PlayoutRig()
        rig.duration = .seconds(180)
        rig.drift = -100
        let cycle = 100 + gap
        rig.number = { index, ticks in
            guard index % cycle < 100 else { return nil }
            let sent = index / cycle * 100 + index % cycle
            return (UInt16(truncatingIfNeeded: sent), UInt32(truncatingIfNeeded: ticks))
        }
        var voices = 0
        var worst = 0.0
        let statistics = rig.measure { pull, age in
            voices += pull.kind == .voice ? 1 : 0
            worst = max(worst, age ?? 0)
        }
        #expect(worst <= 22, "\(worst)")
        let sent = (0..<9000).count { $0 % cycle < 100 }
        #expect(voices >= sent - 9000 / cycle - 2, "\(voices) of \(sent)")
        #expect(statistics.late == 0 && statistics.restarts <= 2)
    }

    /// How a stream goes on after its packet 500.
    static let changes: [(name: String, number: @Sendable (Int, Int) -> (Int, Int))] = [
        ("sequence numbers begin anew", { ($0 + 30_000, $1) }),
        ("sequence numbers go back", { ($0 - 500, $1) }),
        ("sequence numbers go back a little", { ($0 - 20, $1) }),
        ("timestamps jump ahead", { ($0, $1 + 1_000_000_000) }),
        ("timestamps jump back", { ($0, $1 - 1_000_000_000) }),
        ("timestamps jump half the circle", { ($0, $1 + 0x8000_0000) }),
        ("timestamps leave out 2 s", { ($0, $1 + 16_000) }),
        ("timestamps repeat 2 s", { ($0, $1 - 16_000) }),
        ("timestamps leave out half a second", { ($0, $1 + 4000) }),
        ("timestamps repeat half a second", { ($0, $1 - 4000) }),
        ("both begin anew", { ($0 + 12_345, $1 + 1_234_567_890) }),
        ("nothing changes", { ($0, $1) }),
    ]

    @Test("A stream whose numbering changes is heard on", arguments: changes.indices)
    func renumbering(change: Int) {
        let (name, renumber) = Self.changes[change]
        var rig = PlayoutRig()
        rig.duration = .seconds(40)
        rig.number = { index, ticks in
            let (sequence, ticks) = index < 500 ? (index, ticks) : renumber(index, ticks)
            return (UInt16(truncatingIfNeeded: sequence), UInt32(truncatingIfNeeded: ticks))
        }
        var missing = 0
        var worst = 0.0
        rig.measure { pull, age in
            missing += pull.kind == .voice ? 0 : 1
            if pull.time > .seconds(25) { worst = max(worst, age ?? 0) }
        }
        #expect(missing <= 60, "\(name): \(missing)")
        #expect(worst <= 22, "\(name): \(worst)")
    }

    @Test("A stream that pauses for minutes is heard at once when it resumes", arguments: [true, false], [200, -200])
    func pause(timestampsGoOn: Bool, drift: Int) {
        var rig = PlayoutRig()
        rig.duration = .seconds(400)
        rig.drift = drift
        rig.number = { index, ticks in
            guard index < 500 || index >= 15_500 else { return nil }
            let sent = index < 500 ? index : index - 15_000
            return (UInt16(sent), UInt32(timestampsGoOn ? ticks : sent * 160))
        }
        var silent = 0
        var missing = 0
        var worst = 0.0
        rig.measure { pull, age in
            if pull.kind == .silence { silent += 1 }
            if pull.time > .milliseconds(310_150), pull.kind != .voice { missing += 1 }
            worst = max(worst, age ?? 0)
        }
        #expect(worst <= 23, "\(worst)")
        #expect(missing == 0)
        #expect((14_970...14_980).contains(silent), "\(silent)")
    }

    @Test("A stall of the network is not caught up with by growing delay", arguments: [100, 300, 900, 3000])
    func stall(milliseconds: Int) {
        // All packets of the stall come at its end.
        var rig = PlayoutRig()
        rig.duration = .seconds(60)
        rig.weather =
            (0..<(milliseconds / 20)).map { step in
                (.seconds(20) + .milliseconds(20 * step), Conditions(delay: .milliseconds(milliseconds - 20 * step), jitterReorders: true))
            } + [(.seconds(20) + .milliseconds(milliseconds), .perfect)]
        var worst = 0.0, after = 0.0
        rig.measure { pull, age in
            worst = max(worst, age ?? 0)
            if pull.time > .seconds(40) { after = max(after, age ?? 0) }
        }
        #expect(worst <= 120, "\(worst)")
        #expect(after <= 22, "\(after)")
    }

    @Test("A second of pulls that never came leaves no delay")
    func latePulls() {
        var playout = AudioPlayout(decoder: MarkDecoder(), clockRate: 8000)
        var frame: [Int16] = []
        for index in 0..<1000 {
            let now = Duration.milliseconds(20 * index)
            let payload = MarkDecoder.payload(index: index, milliseconds: 20)
            playout.insert(sequenceNumber: UInt16(index), timestamp: UInt32(160 * index), payload: payload.span, now: now)
            if (500..<550).contains(index) { continue }
            let kind = playout.pull(into: &frame, now: now + .milliseconds(5))
            if index != 550 { #expect(kind == .voice) }
            #expect(MarkDecoder.age(of: frame, at: now + .milliseconds(5)).map { $0 <= 25 } ?? true)
        }
    }

    @Test("Another source takes the place of the first without its past")
    func restart() {
        var playout = AudioPlayout(decoder: MarkDecoder(), clockRate: 8000)
        var frame: [Int16] = []
        #expect(playout.pull(into: &frame, now: .zero) == .silence)
        #expect(frame == Array(repeating: 0, count: 160))
        for index in 0..<100 {
            if index == 50 { playout.restart() }
            let now = Duration.milliseconds(20 * index)
            let (sequence, timestamp) = index < 50 ? (index, index * 160) : (40_000 + index, 3_000_000_000 + index * 160)
            let payload = MarkDecoder.payload(index: index, milliseconds: 20)
            playout.insert(sequenceNumber: UInt16(sequence), timestamp: UInt32(timestamp), payload: payload.span, now: now)
            #expect(playout.pull(into: &frame, now: now + .milliseconds(3)) == .voice)
            #expect(MarkDecoder.age(of: frame, at: now + .milliseconds(3)) == 3)
        }
        #expect(playout.statistics.restarts == 0)
    }
}

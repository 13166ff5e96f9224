/// How long the server takes, from what was sent and what came back.
///
/// Time runs from the input packet that completes a frame to the packet out that carries it. Where the returned packets are cut
/// elsewhere than the sent ones, the offset between the two cuts is added, so that no delay hides in it. The reference was decoded
/// from the same packets by the same codec, so that the codec's own look-ahead is on both sides and cancels out.
struct EchoDelay {
    private static let rate = 8_000
    private static let frameLength = 160
    /// Marks are 500 ms apart: what is longer would be taken for the next one.
    private static let longest = Duration.milliseconds(400)

    /// Beginnings of the marks in the loop as it is heard without delay.
    private let reference: [Int]
    private let loopLength: Int

    init(marks: OpusLoop) throws {
        let codes = try marks.heardWithoutDelay()
        reference = OnsetDetector.onsets(in: codes)
        loopLength = codes.count
        guard reference.count >= 19 else { throw BenchError("only \(reference.count) of 20 marks survive the codec") }
    }

    /// Added milliseconds of every mark that was sent after `start`, and how many marks were not found again.
    func delays(_ heard: HeardEcho, since start: Duration) -> (milliseconds: [Double], missed: Int) {
        let arrivals = onsets(in: heard)
        var delays: [Double] = []
        var missed = 0
        var next = 0
        for mark in marks(in: heard) where mark.sent >= start {
            while next < arrivals.count, arrivals[next].arrival < mark.sent { next += 1 }
            guard next < arrivals.count, arrivals[next].arrival - mark.sent < Self.longest else {
                missed += 1
                continue
            }
            let cut = Double(arrivals[next].offset - mark.offset) * 1000 / Double(Self.rate)
            delays.append((arrivals[next].arrival - mark.sent).milliseconds + cut)
        }
        return (delays, missed)
    }

    /// When the packet that brings each mark into the decoder was sent, and which of its samples the mark is.
    private func marks(in heard: HeardEcho) -> [(sent: Duration, offset: Int)] {
        let last = (heard.firstPosition + heard.sent.count) * Self.frameLength
        return (0...last / loopLength).flatMap { loop in
            reference.compactMap { position in
                let sample = loop * loopLength + position
                let index = sample / Self.frameLength - heard.firstPosition
                // The very last ones may have no time to come back.
                guard index >= 0, index < heard.sent.count - 25 else { return nil }
                return (heard.sent[index], sample % Self.frameLength)
            }
        }
    }

    private func onsets(in heard: HeardEcho) -> [(arrival: Duration, offset: Int)] {
        var packet = 0
        return OnsetDetector.onsets(in: heard.codes).map { onset in
            while heard.packets[packet].start + heard.packets[packet].count <= onset { packet += 1 }
            return (heard.packets[packet].arrival, onset - heard.packets[packet].start)
        }
    }
}

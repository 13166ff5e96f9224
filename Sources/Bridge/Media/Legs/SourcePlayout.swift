/// One source as the phones of one rate hear it: its playout, and the frame that was drawn last.
final class SourcePlayout {
    let sampleRate: Int
    private(set) var frame: [Int16] = []
    private var playout: AudioPlayout

    /// `nil` if the codec cannot deliver this rate.
    init?(codec: AudioCodec, sampleRate: Int, toolbox: any MediaToolbox) {
        guard let decoder = toolbox.makeDecoder(codec, sampleRate: sampleRate), decoder.sampleRate == sampleRate else { return nil }
        self.sampleRate = sampleRate
        playout = AudioPlayout(decoder: decoder, clockRate: Int(codec.clockRate))
        frame.reserveCapacity(sampleRate / 50)
    }

    func insert(_ packet: [UInt8], sequenceNumber: UInt16, timestamp: UInt32, payload: Range<Int>, now: Duration) {
        playout.insert(sequenceNumber: sequenceNumber, timestamp: timestamp, payload: packet.span.extracting(payload), now: now)
    }

    /// Draws the next 20 ms into `frame`.
    func pull(now: Duration) { _ = playout.pull(into: &frame, now: now) }

    func restart() { playout.restart() }
}

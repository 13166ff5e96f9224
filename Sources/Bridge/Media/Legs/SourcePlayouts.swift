import RTP

/// All playouts of one source: one for each rate at which some phone of the room listens, made when first needed.
struct SourcePlayouts {
    private var playouts: [SourcePlayout] = []

    func insert(_ packet: [UInt8], _ header: RTPHeader, now: Duration) {
        for playout in playouts {
            playout.insert(
                packet, sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, payload: header.payload, now: now)
        }
    }

    /// The next 20 ms at `sampleRate`; empty if the codec cannot deliver them.
    mutating func pull(codec: AudioCodec, sampleRate: Int, now: Duration, toolbox: any MediaToolbox) -> [Int16] {
        if playouts.first(where: { $0.sampleRate == sampleRate }) == nil,
            let playout = SourcePlayout(codec: codec, sampleRate: sampleRate, toolbox: toolbox)
        {
            playouts.append(playout)
        }
        guard let playout = playouts.first(where: { $0.sampleRate == sampleRate }) else { return [] }
        playout.pull(now: now)
        return playout.frame
    }

    /// The frame that the last `pull` at this rate gave.
    func frame(sampleRate: Int) -> [Int16]? { playouts.first { $0.sampleRate == sampleRate }?.frame }

    func restart() { for playout in playouts { playout.restart() } }

    /// Nobody decodes this source any more.
    mutating func drop() { playouts.removeAll() }
}

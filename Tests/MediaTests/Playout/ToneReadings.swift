import Media

/// What a call with a tone sounded like.
struct ToneReadings {
    var seconds: [ToneMeter.Reading] = []
    var statistics = PlayoutStatistics()
}

extension PlayoutRig {
    /// Runs the call with a tone and reads it second by second.
    /// - Parameter isOn: whether the packet with this index has the tone (else it is silent).
    func readings(
        of tone: ToneMeter, decoder: any AudioDecoder, encoder: any AudioEncoder, isOn: (Int) -> Bool = { _ in true }
    ) -> ToneReadings {
        var result = ToneReadings()
        let length = tone.sampleRate * packetMilliseconds / 1000
        var second: [Int16] = []
        result.statistics = run(
            decoder: decoder,
            payload: { index in
                var payload: [UInt8] = []
                let frame = isOn(index) ? tone.samples(from: length * index, count: length) : Array(repeating: 0, count: length)
                encoder.encode(frame, into: &payload)
                return payload
            }
        ) { pull in
            second += pull.samples
            if second.count >= tone.sampleRate {
                result.seconds.append(tone.read(second))
                second.removeAll(keepingCapacity: true)
            }
        }
        return result
    }
}

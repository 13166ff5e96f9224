/// A RIFF/WAVE file of 16-bit mono PCM, as espeak-ng writes it to a pipe (its length fields are then not to be trusted).
package struct WaveRecording {
    package let sampleRate: Int
    package let samples: [Int16]

    /// `nil` unless it is mono 16-bit PCM with a `fmt ` and a `data` chunk.
    package init?(_ bytes: [UInt8]) {
        func number(_ offset: Int, bytes count: Int) -> Int? {
            guard offset >= 0, offset + count <= bytes.count else { return nil }
            return (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        guard bytes.count >= 12, bytes[0..<4].elementsEqual("RIFF".utf8), bytes[8..<12].elementsEqual("WAVE".utf8) else { return nil }
        var offset = 12
        var rate: Int?
        while let length = number(offset + 4, bytes: 4) {
            let body = offset + 8
            if bytes[offset..<offset + 4].elementsEqual("fmt ".utf8) {
                guard number(body, bytes: 2) == 1, number(body + 2, bytes: 2) == 1, number(body + 14, bytes: 2) == 16 else { return nil }
                rate = number(body + 4, bytes: 4)
            } else if bytes[offset..<offset + 4].elementsEqual("data".utf8) {
                guard let rate, (1_000...192_000).contains(rate) else { return nil }
                sampleRate = rate
                let end = min(body + length, bytes.count)
                samples = stride(from: body, to: end - 1, by: 2).map { Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8) }
                return
            }
            offset = body + length + length % 2
        }
        return nil
    }
}

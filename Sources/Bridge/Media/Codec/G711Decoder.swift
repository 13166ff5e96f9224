/// Decodes G.711 to 8 kHz audio; lost payloads are concealed by repeating the last pitch period.
public final class G711Decoder: AudioDecoder {
    private let table: [Int16]
    private var concealment = PitchConcealment(sampleRate: 8000)

    public init(_ law: G711) {
        table = law.decodingTable
    }

    public var sampleRate: Int { 8000 }

    public func decode(_ payload: Span<UInt8>, into samples: inout [Int16]) -> Int {
        let start = samples.count
        samples.reserveCapacity(start + payload.count)
        for index in 0..<payload.count {
            samples.append(table[Int(payload[index])])
        }
        concealment.received(&samples, from: start)
        return payload.count
    }

    /// G.711 has no redundancy.
    public func recover(count: Int, from next: Span<UInt8>, into samples: inout [Int16]) -> Bool {
        false
    }

    public func conceal(count: Int, into samples: inout [Int16]) {
        concealment.conceal(count: count, into: &samples)
    }

    /// One byte is one sample.
    public func duration(of payload: Span<UInt8>) -> Int? {
        payload.count > 0 ? payload.count : nil
    }
}

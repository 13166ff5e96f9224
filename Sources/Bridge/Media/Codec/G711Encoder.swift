/// Encodes 8 kHz audio as G.711.
public final class G711Encoder: AudioEncoder {
    private let law: G711

    public init(_ law: G711) {
        self.law = law
    }

    public var sampleRate: Int { 8000 }

    public func encode(_ frame: [Int16], into payload: inout [UInt8]) {
        payload.reserveCapacity(payload.count + frame.count)
        for sample in frame {
            payload.append(law.encode(sample))
        }
    }
}

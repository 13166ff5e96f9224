import Foundation
import Media

/// What a phone says: a hum as µ-law, of which each packet can be told from all others by its first four bytes.
struct NumberedAudio: Sendable {
    /// Samples, and bytes, of 20 ms.
    static let frameLength = 160
    private static let numberLength = 4

    /// The rest of every packet.
    private let hum: [UInt8]

    init() {
        hum = (Self.numberLength..<Self.frameLength).map { G711.muLaw.encode(Int16(4_000 * sin(2 * .pi * 400 * Double($0) / 8_000))) }
    }

    func append(_ number: Int, to packet: inout [UInt8]) {
        for shift in stride(from: 24, through: 0, by: -8) { packet.append(UInt8(truncatingIfNeeded: number >> shift)) }
        packet.append(contentsOf: hum)
    }

    /// Which packet it is; `nil` for a payload that is not byte for byte one of ours.
    func number(of payload: ArraySlice<UInt8>) -> Int? {
        guard payload.count == Self.frameLength, payload.dropFirst(Self.numberLength).elementsEqual(hum) else { return nil }
        return payload.prefix(Self.numberLength).reduce(0) { $0 << 8 | Int($1) }
    }
}

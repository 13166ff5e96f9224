import SIP
import Testing
import VirtualNetwork

@Suite struct HostileMessageTests {
    /// Whether reading ends in a message that can be written and read again, or in an answer that is one.
    private static func isSound(_ bytes: [UInt8]) -> Bool {
        var output: [UInt8] = []
        do {
            output = written(try read(bytes))
            // What was cleaned once is clean.
            guard let again = try? read(output), written(again) == output else { return false }
        } catch {
            guard var rejection = error.rejection else { return true }
            rejection.addTag("t")
            rejection.serialise(into: &output)
            guard !output.contains(0), text(output).hasPrefix("SIP/2.0 \(rejection.status) ") else { return false }
            // Nothing but the lines of a response, whatever they echo.
            let lines = text(output).split(separator: "\r\n", omittingEmptySubsequences: false)
            guard lines.count >= 5, lines.suffix(2).allSatisfy(\.isEmpty), lines.dropLast(2).allSatisfy({ !$0.isEmpty && !$0.contains("\n") }) else {
                return false
            }
        }
        // Escapes at most double a byte, replacement characters triple one, names at most grow from one letter.
        return output.count <= 4 * bytes.count + 512
    }

    @Test(arguments: [Samples.invite, Samples.success, Samples.unauthorized, Samples.register])
    func `No damage to one byte, and no cut, makes reading fail badly`(bytes: [UInt8]) {
        forEachKindOfDamage(bytes, Self.isSound)
    }

    @Test(arguments: ["wsinv", "intmeth"])
    func `Nor does damage to a tortured message`(name: String) throws {
        let sample = try #require(TortureCase.valid.first { $0.section.hasSuffix(name) })
        forEachKindOfDamage(sample.message, Self.isSound)
    }

    @Test func `Random bytes and random mixtures of messages are read or refused`() throws {
        var generator = SeededGenerator(seed: 21)
        let samples = [Samples.invite, Samples.success, Samples.unauthorized, Samples.register] + TortureCase.valid.map(\.message)
        for _ in 0..<20_000 {
            var bytes = samples[Int.random(in: samples.indices, using: &generator)]
            for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
                let other = samples[Int.random(in: samples.indices, using: &generator)]
                let from = Int.random(in: other.indices, using: &generator)
                let piece = other[from..<min(other.count, from + Int.random(in: 0...80, using: &generator))]
                let place = Int.random(in: bytes.indices, using: &generator)
                bytes.replaceSubrange(place..<min(bytes.count, place + Int.random(in: 0...80, using: &generator)), with: piece)
            }
            if !Self.isSound(bytes) { Issue.record("\(text(bytes))") }
        }
    }

    @Test func `The worst of 65,535 bytes is refused in passing`() {
        let head = "OPTIONS sip:h SIP/2.0\r\n"
        for filler in [
            "A:\r\n", " \r\n", "\r\n", "Via: \"", "v:,", "v:SIP/2.0/UDP h,", ";", "<", "\\", "a=", "f:\r\n", "m:*\r\n", "\0", "%", "m:<sip:h;",
            "m:\"\\",
        ] {
            let count = (65_535 - head.utf8.count) / filler.utf8.count
            #expect(Self.isSound(Array((head + String(repeating: filler, count: count)).utf8)))
            #expect(Self.isSound(Array(String(repeating: filler, count: 65_535 / filler.utf8.count).utf8)))
        }
    }
}

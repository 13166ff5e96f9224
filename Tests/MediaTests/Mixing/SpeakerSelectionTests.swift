import Media
import Testing

@Suite("The choice of speakers")
struct SpeakerSelectionTests {
    /// What a source claims and what it really sends, in −dBov; `nil` claims nothing.
    private struct Voice {
        var claims: UInt8?
        var sends: UInt8
    }

    /// Runs frames; only candidates are decoded.
    private func run(_ selection: inout SpeakerSelection<Int>, _ voices: [Voice], frames: Int, each: (Int, [Int]) -> Void = { _, _ in }) {
        for frame in 0..<frames {
            for (source, voice) in voices.enumerated() {
                if let claims = voice.claims { selection.claim(AudioLevel(decibelsBelowOverload: claims), by: source) }
            }
            #expect(selection.candidates.count <= 5)
            for source in selection.candidates {
                selection.heard(AudioLevel(decibelsBelowOverload: voices[source].sends), from: source)
            }
            selection.select()
            #expect(selection.selected.count == min(3, voices.count))
            each(frame, selection.selected)
        }
    }

    private func selection(of count: Int) -> SpeakerSelection<Int> {
        var selection = SpeakerSelection<Int>()
        for source in 0..<count { selection.add(source) }
        return selection
    }

    private let quiet = Voice(claims: 127, sends: 127)

    @Test("Up to three are always selected, and nobody else is decoded")
    func few() {
        var selection = selection(of: 3)
        run(&selection, Array(repeating: quiet, count: 3), frames: 10)
        #expect(selection.selected == [0, 1, 2] && selection.candidates == [0, 1, 2])
    }

    @Test("The three loudest of ten are found, and soon")
    func loudest() {
        var selection = selection(of: 10)
        var voices = Array(repeating: Voice(claims: 70, sends: 70), count: 10)
        for source in [2, 5, 9] { voices[source] = Voice(claims: 20, sends: 20) }
        var found: Int?
        run(&selection, voices, frames: 100) { frame, selected in
            if found == nil, selected == [2, 5, 9] { found = frame }
        }
        #expect(selection.selected == [2, 5, 9])
        // 0.5 s for three changes at once.
        #expect(found.map { $0 <= 25 } == true, "\(String(describing: found))")
    }

    @Test("A liar is not selected, and does not keep an honest speaker out")
    func liar() {
        var selection = selection(of: 6)
        var voices = Array(repeating: Voice(claims: 40, sends: 40), count: 6)
        voices[4] = Voice(claims: 0, sends: 127)
        voices[5] = Voice(claims: 0, sends: 90)
        run(&selection, voices, frames: 200) { _, selected in
            #expect(!selected.contains(4) && !selected.contains(5))
        }
        voices[3] = Voice(claims: 15, sends: 15)
        var found: Int?
        run(&selection, voices, frames: 100) { frame, selected in
            if found == nil, selected.contains(3) { found = frame }
        }
        #expect(found.map { $0 <= 25 } == true, "\(String(describing: found))")
    }

    @Test("A claim of loudness alone never wins, for as many liars as there are")
    func manyLiars() {
        var selection = selection(of: 20)
        var voices = Array(repeating: Voice(claims: 0, sends: 127), count: 20)
        for source in 0..<3 { voices[source] = Voice(claims: 50, sends: 50) }
        run(&selection, voices, frames: 1000) { _, selected in #expect(selected == [0, 1, 2]) }
    }

    @Test("A source that claims nothing, or silence, is found by its turn", arguments: [nil, 127] as [UInt8?])
    func modest(claims: UInt8?) {
        var selection = selection(of: 10)
        var voices = Array(repeating: Voice(claims: 60, sends: 60), count: 10)
        voices[8] = Voice(claims: claims, sends: 20)
        var found: Int?
        run(&selection, voices, frames: 200) { frame, selected in
            if found == nil, selected.contains(8) { found = frame }
        }
        // Six others take their turn of 0.2 s before.
        #expect(found.map { $0 <= 90 } == true, "\(String(describing: found))")
    }

    @Test("Speakers of nearly the same loudness do not change places")
    func hysteresis() {
        var selection = selection(of: 8)
        var changes = 0
        var last: [Int] = selection.selected
        for frame in 0..<500 {
            let voices = (0..<8).map { source -> Voice in
                let level = UInt8(30 + (frame * 7 + source * 13) % 5)
                return Voice(claims: level, sends: level)
            }
            run(&selection, voices, frames: 1)
            if selection.selected != last { changes += 1 }
            last = selection.selected
        }
        #expect(changes == 0)
    }

    @Test("A short pause of a speaker does not cost the place to a murmur")
    func pause() {
        var selection = selection(of: 5)
        var voices = Array(repeating: Voice(claims: 65, sends: 65), count: 5)
        for source in 0..<3 { voices[source] = Voice(claims: 20, sends: 20) }
        run(&selection, voices, frames: 50)
        voices[1] = quiet
        run(&selection, voices, frames: 15)
        #expect(selection.selected == [0, 1, 2])
    }

    @Test("Who leaves makes room at once; unknown sources are ignored")
    func leaving() {
        var selection = selection(of: 4)
        selection.remove(1)
        #expect(selection.selected == [0, 2, 3])
        selection.claim(.silence, by: 99)
        selection.heard(AudioLevel(decibelsBelowOverload: 0), from: 99)
        selection.select()
        selection.add(2)
        #expect(selection.selected == [0, 2, 3] && selection.candidates == [0, 2, 3])
    }
}

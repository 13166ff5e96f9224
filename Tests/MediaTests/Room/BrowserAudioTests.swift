import Media
import RTP
import Testing
import VirtualBrowser
import VirtualNetwork

/// Proof by signal: whom each browser hears of the others.
@Suite("Browsers hear each other")
struct BrowserAudioTests {
    /// Those from 100 on come and go in pairs, and have the voices of 2 and 3.
    private static func tone(_ number: UInt32) -> Goertzel {
        Goertzel(frequency: 300 + 170 * Double(number < 100 ? number : 2 + number % 2), amplitude: 5_000)
    }

    /// What each browser heard: for each section the samples.
    private final class Ears {
        var heard: [UInt32: [String: [Int16]]] = [:]

        func listen(_ number: UInt32, _ browser: VirtualBrowser) {
            browser.hears = { [unowned self, unowned browser] packet in
                let section = browser.sections[packet.header.ssrc] ?? "?"
                heard[number, default: [:]][section, default: []] += LinearDecoder.samples(of: packet.payload)
            }
        }

        /// Which of `numbers` this one hears, each in a section where it is nearly alone.
        func voices(of listener: UInt32, among numbers: [UInt32]) -> [UInt32] {
            numbers.filter { number in (heard[listener] ?? [:]).values.contains { tone(number).share(in: Array($0.suffix(4_000))) > 0.98 } }
        }
    }

    private func join(_ rig: EngineRig, _ ears: Ears, _ number: UInt32, level: UInt8 = 20) throws {
        ears.listen(number, try rig.connect(number, phones: 2, voice: Self.tone(number), level: level))
    }

    @Test("Three browsers and two phones: each browser hears all others, each in a section of its own, and nobody himself")
    func everybody() throws {
        let rig = EngineRig()
        let ears = Ears()
        let phones = [TonePhone(Self.tone(10)), TonePhone(Self.tone(11))]
        for number: UInt32 in 1...3 { try join(rig, ears, number) }
        #expect(rig.addPhone(10, phones[0]) && rig.addPhone(11, phones[1]))
        rig.run(frames: 300)
        for listener: UInt32 in 1...3 {
            let others = [1, 2, 3, 10, 11].filter { $0 != listener }
            #expect(ears.voices(of: listener, among: [1, 2, 3, 10, 11]) == others)
            #expect(ears.heard[listener]?.count == 4)
            let sources = rig.engine.sections(of: LegID(listener)).sources.values
            #expect(sources.map(\.number).sorted() == others)
        }
        // Two in one room hear each other without a second negotiation.
        #expect(rig.offered.values.allSatisfy { $0 == 4 })
        for (phone, own) in zip(phones, [10, 11] as [UInt32]) {
            let mix = Array(phone.heard.suffix(16_000))
            #expect(Self.tone(own).share(in: mix) < 0.001)
            // Of those who are mixed a phone may be one itself.
            let speakers = [1, 2, 3, 10, 11].count { Self.tone($0).share(in: mix) > 0.15 }
            #expect((RoomEngine.speakerLimit - 1...RoomEngine.speakerLimit).contains(speakers))
        }
    }

    @Test("Two browsers and two phones: each phone hears the three others, and not itself")
    func four() throws {
        let rig = EngineRig()
        let ears = Ears()
        let phones = [TonePhone(Self.tone(10)), TonePhone(Self.tone(11))]
        for number: UInt32 in 1...2 { try join(rig, ears, number) }
        #expect(rig.addPhone(10, phones[0]) && rig.addPhone(11, phones[1]))
        rig.run(frames: 300)
        for (phone, own) in zip(phones, [10, 11] as [UInt32]) {
            let mix = Array(phone.heard.suffix(16_000))
            for other: UInt32 in [1, 2, 10, 11] where other != own { #expect(Self.tone(other).share(in: mix) > 0.2, "\(own) hears \(other)") }
            #expect(Self.tone(own).share(in: mix) < 0.001)
        }
    }

    @Test("Two browsers hear each other with the sections of their first offer")
    func two() throws {
        let rig = EngineRig()
        let ears = Ears()
        try join(rig, ears, 1)
        try join(rig, ears, 2)
        rig.run(frames: 100)
        #expect(ears.voices(of: 1, among: [1, 2]) == [2] && ears.voices(of: 2, among: [1, 2]) == [1])
        #expect(rig.offered.values.allSatisfy { $0 == 2 })
    }

    @Test("Whom a host has muted nobody hears, browser or phone, and everybody when the host lets it speak again")
    func muted() throws {
        let rig = EngineRig()
        let ears = Ears()
        let phone = TonePhone(Self.tone(10))
        for number: UInt32 in 1...2 { try join(rig, ears, number) }
        #expect(rig.addPhone(10, phone))
        rig.run(frames: 100)
        for muted: UInt32 in [2, 10] {
            rig.mute(muted, true)
            // What was on its way plays out.
            rig.run(frames: 100)
            ears.heard = [:]
            let before = phone.heard.count
            rig.run(frames: 100)
            #expect(ears.voices(of: 1, among: [1, 2, 10]) == [2, 10].filter { $0 != muted })
            #expect(Self.tone(1).share(in: Array(phone.heard[before...])) > (muted == 2 ? 0.98 : 0.4))
            #expect(Self.tone(2).share(in: Array(phone.heard[before...])) < (muted == 2 ? 0.001 : 0.6))
            rig.mute(muted, false)
            rig.run(frames: 100)
            ears.heard = [:]
            rig.run(frames: 60)
            #expect(ears.voices(of: 1, among: [1, 2, 10]) == [2, 10])
        }
    }

    @Test("Twenty times two at once go and come, and three browsers and two phones stay as they should: sections are used again")
    func comingAndGoing() throws {
        let rig = EngineRig()
        let ears = Ears()
        try join(rig, ears, 1)
        for round: UInt32 in 0..<20 {
            let (two, three) = (100 + 2 * round, 101 + 2 * round)
            #expect(rig.addPhone(10, TonePhone(Self.tone(10))) && rig.addPhone(11, TonePhone(Self.tone(11))))
            try join(rig, ears, two)
            try join(rig, ears, three)
            ears.heard = [:]
            rig.run(frames: 60)
            let present = [1, two, three, 10, 11]
            for listener in [1, two, three] {
                #expect(ears.voices(of: listener, among: present) == present.filter { $0 != listener }, "round \(round), \(listener)")
                #expect(ears.heard[listener]?.count == 4)
            }
            #expect(rig.offered[LegID(1)] == 4)
            rig.disconnect(two)
            rig.disconnect(three)
            rig.removePhone(10)
            rig.removePhone(11)
            rig.run(frames: 20)
        }
        #expect(rig.engine.sections(of: LegID(1)).sources.isEmpty)
    }

    @Test("In a room of nine the six who speak are heard, and who begins to speak takes the place of who has fallen silent")
    func loudest() throws {
        let rig = EngineRig()
        let ears = Ears()
        for number: UInt32 in 1...9 { try join(rig, ears, number, level: number <= 6 ? 25 : 90) }
        rig.run(frames: 100)
        #expect(ears.voices(of: 9, among: Array(1...9)) == [1, 2, 3, 4, 5, 6])
        #expect(ears.voices(of: 1, among: Array(1...9)) == [2, 3, 4, 5, 6])
        #expect(rig.offered.values.allSatisfy { $0 == AudibleSources.limit + 1 })
        rig.claim(90, 3)
        rig.run(frames: 60)
        // Silence alone takes nobody's place away.
        #expect(rig.engine.sections(of: LegID(9)).sources.values.contains(LegID(3)))
        rig.claim(25, 8)
        ears.heard = [:]
        rig.run(frames: 60)
        #expect(ears.voices(of: 9, among: Array(1...9)) == [1, 2, 4, 5, 6, 8])
        #expect(ears.voices(of: 3, among: Array(1...9)) == [1, 2, 4, 5, 6, 8])
    }

    @Test("A browser that claims to be the loudest of all takes one place, and no more")
    func forged() throws {
        let rig = EngineRig()
        let ears = Ears()
        for number: UInt32 in 1...8 { try join(rig, ears, number, level: number == 8 ? 0 : 25) }
        rig.run(frames: 200)
        let heard = ears.voices(of: 7, among: Array(1...8))
        #expect(heard.contains(8) && heard.filter { $0 != 8 }.count >= AudibleSources.limit - 2)
    }

    @Test(
        "A microphone that is switched off is forwarded no longer than a second, and is heard at once when it is on again, with no gap in the numbers"
    )
    func silence() throws {
        let rig = EngineRig()
        var packets: [VirtualBrowser.Heard] = []
        try rig.connect(1, phones: 2, voice: Self.tone(1))
        try rig.connect(2, phones: 2, voice: nil).hears = { packets.append($0) }
        rig.run(frames: 50)
        #expect(packets.count >= 45)
        rig.claim(127, 1)
        packets = []
        rig.run(frames: 500)
        #expect((45...55).contains(packets.count))
        rig.claim(20, 1)
        rig.run(frames: 50)
        #expect((95...105).contains(packets.count))
        for (before, after) in zip(packets, packets.dropFirst()) {
            #expect(after.header.sequenceNumber == before.header.sequenceNumber &+ 1)
        }
        let steps = zip(packets, packets.dropFirst()).map { $1.header.timestamp &- $0.header.timestamp }
        #expect(steps.filter { $0 != 960 }.count == 1)
    }

    @Test("Eight who all speak do not push each other out with every word")
    func stays() throws {
        let rig = EngineRig()
        for number: UInt32 in 1...8 { try rig.connect(number, phones: 2, voice: Self.tone(number), level: 25) }
        rig.run(frames: 50)
        _ = rig.takeEvents()
        var random = SeededGenerator(seed: 4)
        for _ in 0..<100 {
            for number: UInt32 in 1...8 { rig.claim(.random(in: 15...45, using: &random), number) }
            rig.run(frames: 5)
        }
        // Ten seconds: each of six places may change hands every other one, and each change is told to everybody.
        let changes = rig.takeEvents().count { if case .sectionsChanged(LegID(1)) = $0 { true } else { false } }
        #expect(changes <= 30)
    }
}

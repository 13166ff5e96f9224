import Crypto
import Domain
import Testing

@Suite("Encryption at rest")
struct AtRestKeyringTests {
    private static let place = AtRestKeyring.Place(table: "trunks", column: "password", row: "tr_4194b9eab3de")
    private let keyring = AtRestKeyring(Sample.firstKey)

    private func seal(_ text: String, seed: UInt64 = 1) throws -> [UInt8] {
        var generator = SplitMix(state: seed)
        return try keyring.seal(Array(text.utf8), for: Self.place, using: &generator)
    }

    @Test("What was sealed opens at its place, and shows nothing of itself", arguments: ["", "secret", String(repeating: "🔑", count: 500)])
    func opens(text: String) throws {
        let sealed = try seal(text)
        #expect(try keyring.open(sealed, from: Self.place) == Array(text.utf8))
        #expect(sealed.count == 5 + 12 + text.utf8.count + 16)
        #expect(text.isEmpty || !sealed.contains(sequence: Array(text.utf8)))
    }

    @Test("Any changed byte is noticed")
    func tampering() throws {
        let sealed = try seal("secret")
        everyMutation(of: sealed) { mutated in
            if (try? keyring.open(mutated, from: Self.place)) != nil { Issue.record("\(mutated)") }
        }
        for count in 0..<sealed.count {
            if (try? keyring.open(Array(sealed.prefix(count)), from: Self.place)) != nil { Issue.record("\(count) bytes") }
        }
        #expect(throws: AtRestKeyring.Refusal.tampered) { try keyring.open(sealed + [0], from: Self.place) }
    }

    @Test("A value that was moved to another place does not open")
    func moved() throws {
        let sealed = try seal("secret")
        for place in [
            AtRestKeyring.Place(table: "trunks", column: "password", row: "tr_4194b9eab3df"),
            AtRestKeyring.Place(table: "trunks", column: "passwor", row: "dtr_4194b9eab3de"),
            AtRestKeyring.Place(table: "webhooks", column: "password", row: "tr_4194b9eab3de"),
        ] {
            #expect(throws: AtRestKeyring.Refusal.tampered) { try keyring.open(sealed, from: place) }
        }
    }

    @Test("After a rotation old values open and new ones are sealed with the new key")
    func rotation() throws {
        let old = try seal("secret")
        let rotated = AtRestKeyring(Sample.secondKey, previous: [Sample.firstKey])
        #expect(try rotated.open(old, from: Self.place) == Array("secret".utf8))
        var generator = SplitMix(state: 2)
        let new = try rotated.seal(Array("secret".utf8), for: Self.place, using: &generator)
        #expect(throws: AtRestKeyring.Refusal.unknownKey) { try keyring.open(new, from: Self.place) }
    }

    @Test("Two seals of one value differ, and neither the keyring nor its dump holds a key")
    func quiet() throws {
        #expect(try seal("secret", seed: 1) != seal("secret", seed: 2))
        var dumped = ""
        dump(keyring, to: &dumped)
        #expect(dumped.count < 40 && "\(keyring)" == "AtRestKeyring(1)")
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }
}

extension [UInt8] {
    fileprivate func contains(sequence: [UInt8]) -> Bool {
        guard sequence.count <= count else { return false }
        return (0...(count - sequence.count)).contains { Array(self[$0..<($0 + sequence.count)]) == sequence }
    }
}

import ICE
import Testing

@Suite("ICE credentials")
struct ICECredentialsTests {
    @Test("Too short, too long or foreign characters are no credentials")
    func validation() {
        let password = String(repeating: "p", count: 22)
        #expect(ICECredentials(ufrag: "abcd", password: password) != nil)
        #expect(ICECredentials(ufrag: "abc", password: password) == nil)
        #expect(ICECredentials(ufrag: "ab:d", password: password) == nil)
        #expect(ICECredentials(ufrag: "abcd", password: String(password.dropLast())) == nil)
        #expect(ICECredentials(ufrag: "abcd", password: password + "é") == nil)
        #expect(ICECredentials(ufrag: String(repeating: "a", count: 257), password: password) == nil)
    }

    @Test("Fresh ones are valid and use the whole alphabet")
    func fresh() {
        var random = SeededGenerator(seed: 1)
        var characters: Set<Character> = []
        for _ in 0..<200 {
            let made = ICECredentials(random: &random)
            #expect(made.ufrag.count == 8 && made.password.count == 24)
            #expect(ICECredentials(ufrag: made.ufrag, password: made.password) == made)
            characters.formUnion(made.password)
        }
        #expect(characters.count == 64)
    }
}

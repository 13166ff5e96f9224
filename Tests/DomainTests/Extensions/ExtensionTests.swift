import Domain
import Testing

@Suite("Extensions")
struct ExtensionTests {
    @Test("The hashes are those of digest authentication")
    func hashes() throws {
        let secret = DigestSecret(
            number: try #require(ExtensionNumber("610")), realm: "ringlink", password: try #require(ExtensionPassword("correct-horse")))
        // printf '610:ringlink:correct-horse' | md5sum; … | sha256sum
        #expect(secret.md5HA1 == "d27170a2912ec13ab900b72690921b3f")
        #expect(secret.sha256HA1 == "a5397de2f2f91167e606fd142c401171fabf706421b83b69231bc4d88dd38448")
        #expect("\(secret)" == "…")
    }

    @Test(
        "An extension has two to six digits and is no emergency number",
        arguments: ["", "1", "110", "112", "911", "1234567", "61O", "+61", " 61", "６１０"])
    func numbers(text: String) { #expect(ExtensionNumber(text) == nil) }

    @Test(
        "A password is long enough and can be typed", arguments: ["", "short", "nine-char", "with space here", "pässwörter-lang", "tab\tinside-it"])
    func passwords(text: String) {
        #expect(ExtensionPassword(text) == nil)
        #expect(ExtensionPassword(String(repeating: "x", count: 65)) == nil)
    }

    @Test("A made password passes its own rule and does not come again")
    func made() {
        var generator = SystemRandomNumberGenerator()
        let made = (0..<100).map { _ in ExtensionPassword(random: &generator).text }
        #expect(made.allSatisfy { ExtensionPassword($0) != nil && $0.count == 20 } && Set(made).count == 100)
    }

    @Test("A scope names a kind of thing that there is, or everything")
    func scopes() {
        for text in ["*", "calls:read", "trunks:write", "signing-keys:read"] { #expect(APIScope(text)?.text == text) }
        for text in ["", "calls", "calls:", "calls:delete", "Calls:read", "all:read", "**", "calls:read "] { #expect(APIScope(text) == nil) }
    }
}

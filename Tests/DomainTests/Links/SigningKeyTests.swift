import Domain
import Testing

@Suite("Signing keys and hidden links")
struct SigningKeyTests {
    @Test("A key opens links until it is revoked or its overlap is over")
    func states() throws {
        var key = SigningKey(id: try #require(SigningKeyID("sk_0a1b2c3d4e5f")), name: try #require(ShortLabel("CRM")), createdAt: 0, revokedAt: nil)
        #expect(key.state(now: 1_000) == .active && key.opens(now: 1_000))
        key.successor = SigningKeyID("sk_000000000001")
        key.retiresAt = 1_000
        #expect(key.state(now: 999) == .retiring && key.opens(now: 999))
        #expect(key.state(now: 1_000) == .retired && !key.opens(now: 1_000))
        key.revokedAt = 500
        #expect(key.state(now: 600) == .revoked && !key.opens(now: 600))
    }

    @Test("A slug is 32 lowercase hex digits and nothing else", arguments: ["", "a", "A", "g", "é", "0 ", "\n"])
    func slugs(tail: String) throws {
        let head = String(repeating: "0", count: 31)
        #expect((LinkSlug(head + tail) != nil) == (tail == "a"))
        #expect(LinkSlug(head + "aa") == nil)
        #expect(try #require(LinkSlug(head + "f")).url(origin: "https://x") == "https://x/l/" + head + "f")
    }

    @Test("Another caller id goes with a telephone's route alone")
    func presenting() throws {
        let trunk = try #require(TrunkID("tr_4194b9eab3de"))
        let route = DialRoute.trunks(TrunkRoute(number: "+4930901820", trunks: [trunk]))
        let caller = try #require(E164Number("+4930990"))
        #expect(route.presenting(caller) == .trunks(TrunkRoute(number: "+4930901820", trunks: [trunk], callerID: "+4930990")))
        #expect(route.presenting(nil) == route && DialRoute.echo.presenting(caller) == .echo)
    }
}

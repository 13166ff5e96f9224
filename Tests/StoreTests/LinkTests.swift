import Domain
import Store
import Testing

private let phone = "+4930901820"

@Suite(.timeLimit(.minutes(2)))
struct LinkTests {
    private func mint(_ test: TestStore, _ wish: LinkWish) async throws -> MintedLink {
        var generator = SystemRandomNumberGenerator()
        return try #require(try await test.store.mint([wish], now: start, generator: &generator)?.first)
    }

    private func key(_ test: TestStore) async throws -> (id: SigningKeyID, secret: [UInt8]) {
        var generator = SystemRandomNumberGenerator()
        let (secret, key) = try await test.store.createSigningKey(name: try #require(ShortLabel("CRM")), now: start, generator: &generator)
        return (key.id, secret)
    }

    private func open(
        _ test: TestStore, _ link: MintedLink, query: String? = nil, isReturn: Bool = false, at: Int64 = start
    ) async throws -> LinkOpening {
        try await test.store.openLink(
            query: link.isSigned ? query ?? link.query : nil, room: link.room, name: try #require(DisplayName("Ada")), isReturn: isReturn, now: at)
    }

    @Test("A random link grants exactly its number in its room, and no other")
    func random() async throws {
        try await TestStore.with { test in
            try await test.trunk()
            let link = try await mint(test, LinkWish(link: RoomLink(dial: DialTarget(written: phone)), maximumSeconds: 90))
            #expect(link.room.text.hasPrefix("r-") && link.room.text.count == 26)
            #expect(try await open(test, link) == .plain)
            guard case .placed(let call, let command) = try await Visitor(1, room: link.room.text).dial(test.store, phone) else { throw Unexpected() }
            #expect(call.link == link.id && command.maximumSeconds == 90)
            #expect(try await Visitor(2, room: link.room.text).dial(test.store, "+4930901821").call?.refusal?.rule == .allowlist)
            #expect(try await Visitor(3, room: "elsewhere").dial(test.store, phone).call?.refusal?.rule == .allowlist)
            let pinned = try await Visitor(4, room: link.room.text).dial(test.store, "+4930901822", trunk: TrunkID("tr_00000000000a"))
            #expect(pinned.call?.refusal?.rule == .allowlist)
            let read = try #require(try await test.store.link(link.id))
            #expect(read.opened == 1 && read.dialled == 1 && read.answered == 0)
        }
    }

    @Test("A link's uses are exact, and a used-up, expired, early or revoked one says so")
    func limits() async throws {
        try await TestStore.with(connections: 8) { test in
            try await test.trunk()
            let link = try await mint(
                test,
                LinkWish(link: RoomLink(dial: DialTarget(written: phone)), notBefore: start / 1_000, expiresAt: start / 1_000 + 60, maximumUses: 2))
            for index in 0..<3 {
                let verdict = try await Visitor(UInt64(index), room: link.room.text).dial(test.store, phone, at: start + Int64(index))
                #expect(verdict.isPlaced == (index < 2))
                guard index < 2, let call = verdict.call else {
                    #expect(verdict.call?.refusal?.rule == .link && verdict.call?.refusal?.limit == 2 && verdict.call?.reason?.code == "link_used_up")
                    continue
                }
                _ = try await test.store.failCall(call.id, outcome: .busy, reason: nil, by: .phone, now: start + Int64(index))
            }
            #expect(try await open(test, link, at: start - 1) == .refused(LinkFault.notYetValid.problem))
            #expect(try await open(test, link, at: start + 60_000) == .refused(LinkFault.expired.problem))
            #expect(try await test.store.revokeLink(link.id, now: start))
            #expect(try await open(test, link) == .refused(LinkFault.revoked.problem))
            #expect(try await Visitor(9, room: link.room.text).dial(test.store, phone, at: start + 9).call?.reason?.code == "link_revoked")
        }
    }

    @Test("A signed link opens and dials, also with dialing: signed, where a plain one does not")
    func signed() async throws {
        try await TestStore.with { test in
            try await test.trunk()
            let key = try await key(test)
            let link = try await mint(
                test,
                LinkWish(
                    signingKey: key.id, link: RoomLink(room: RoomSlug("reception"), dial: DialTarget(written: phone)), expiresAt: start / 1_000 + 60))
            guard case .signed(let signed) = try await open(test, link) else { throw Unexpected() }
            var policy = Policy()
            policy.dialing = .signed
            #expect(try await Visitor(1).dial(test.store, phone, policy: policy).call?.refusal?.rule == .signature)
            #expect(try await Visitor(2, room: "reception").dial(test.store, phone, signed: signed, policy: policy).isPlaced)
            let late = try await Visitor(3, room: "reception").dial(test.store, "+4930901829", signed: signed, policy: policy)
            #expect(late.call?.refusal?.rule == .signature)
        }
    }

    @Test("Edited, expired, early, revoked, of an unknown or revoked key: refused with the reason")
    func refused() async throws {
        try await TestStore.with { test in
            let key = try await key(test)
            let link = try await mint(
                test,
                LinkWish(
                    signingKey: key.id, link: RoomLink(room: RoomSlug("reception"), dial: DialTarget(written: phone)), notBefore: start / 1_000,
                    expiresAt: start / 1_000 + 60))
            let query = try #require(link.query)
            let edited = query.replacing("901820", with: "901821")
            #expect(try await open(test, link, query: edited) == .refused(LinkFault.tampered.problem))
            #expect(try await open(test, link, at: start + 60_000) == .refused(LinkFault.expired.problem))
            #expect(try await open(test, link, at: start - 1) == .refused(LinkFault.notYetValid.problem))
            let foreign = query.replacing(key.id.text, with: "sk_000000000000")
            #expect(try await open(test, link, query: foreign) == .refused(LinkFault.keyUnknown.problem))
            #expect(try await test.store.revokeLink(link.id, now: start))
            #expect(try await open(test, link) == .refused(LinkFault.revoked.problem))
            #expect(try await test.store.revokeSigningKey(key.id, now: start))
            #expect(try await open(test, link) == .refused(LinkFault.keyUnknown.problem))
        }
    }

    @Test("Who has a place keeps it when the link expires, and loses it when the link is revoked", arguments: [false, true])
    func returning(isSigned: Bool) async throws {
        try await TestStore.with { test in
            var wish = LinkWish(link: RoomLink(dial: DialTarget(written: phone)), expiresAt: (start + 60_000) / 1_000)
            if isSigned { wish.signingKey = try await key(test).id }
            let link = try await mint(test, wish)
            #expect(try await open(test, link, at: start + 60_000) == .refused(LinkFault.expired.problem))
            // As a guest: nothing says that the place was taken by this very link.
            #expect(try await open(test, link, isReturn: true, at: start + 60_000) == .plain)
            #expect(try await test.store.link(link.id)?.opened == 0)
            #expect(try await test.store.revokeLink(link.id, now: start))
            #expect(try await open(test, link, isReturn: true) == .refused(LinkFault.revoked.problem))
        }
    }

    @Test("A link that was signed elsewhere is counted, and can be revoked once it was seen")
    func offline() async throws {
        try await TestStore.with { test in
            let key = try await key(test)
            let room = try #require(RoomSlug("reception"))
            let signed = SignedLink(id: try #require(LinkID("crm-17")), room: room, link: RoomLink(dial: DialTarget(written: phone)), key: key.id)
            let query = signed.query(signature: signed.signature(with: key.secret))
            func open() async throws -> LinkOpening {
                try await test.store.openLink(query: query, room: room, name: try #require(DisplayName("Ada")), isReturn: false, now: start)
            }
            #expect(try await open() == .signed(signed))
            #expect(try await open() == .signed(signed))
            let row = try #require(try await test.store.link(signed.id))
            #expect(row.opened == 2 && !row.isMinted && row.target?.text == phone)
            #expect(try await test.store.revokeLink(signed.id, now: start))
            #expect(try await open() == .refused(LinkFault.revoked.problem))
        }
    }
}

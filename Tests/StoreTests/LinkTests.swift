import Domain
import Store
import Testing

private let phone = "+4930901820"

@Suite(.timeLimit(.minutes(2)))
struct LinkTests {
    private func mint(_ test: TestStore, _ wish: LinkWish) async throws -> MintedLink {
        var generator = SystemRandomNumberGenerator()
        guard case .minted(let links) = try await test.store.mint([wish], now: start, generator: &generator) else { throw Unexpected() }
        return try #require(links.first)
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
            #expect(try await test.store.revokeLink(link.id, now: start) == .changed(link.id))
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
            #expect(try await test.store.revokeLink(link.id, now: start) == .changed(link.id))
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
            #expect(try await test.store.revokeLink(link.id, now: start) == .changed(link.id))
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
            #expect(try await test.store.revokeLink(signed.id, now: start) == .changed(signed.id))
            #expect(try await open() == .refused(LinkFault.revoked.problem))
        }
    }

    // MARK: Many at once

    @Test("A thousand links are minted by one statement, and each is read back as it was answered")
    func many() async throws {
        try await TestStore.with { test in
            let key = try await key(test)
            var generator = SystemRandomNumberGenerator()
            let wishes = (0..<1_000).map { index in
                var wish = LinkWish(
                    link: RoomLink(name: DisplayName("Zoë \\ \"{\(index)},NULL"), dial: DialTarget(written: phone), camera: index % 2 == 0),
                    callerID: E164Number("+4930990"), maximumUses: index + 1, destinations: ["+49", "+1"], note: "order \(index)")
                switch index % 3 {
                case 0: wish.signingKey = key.id
                case 1: wish.hidesNumber = true
                default: break
                }
                return wish
            }
            guard case .minted(let links) = try await test.store.mint(wishes, now: start, generator: &generator) else { throw Unexpected() }
            #expect(links.count == 1_000 && Set(links.map(\.id)).count == 1_000 && Set(links.map(\.room)).count == 1_000)
            for index in [0, 1, 2, 500, 999] { #expect(try await test.store.link(links[index].id) == links[index]) }
            #expect(try await test.count("SELECT count(*) FROM links") == 1_000)
        }
    }

    @Test("Of links of which one cannot be signed none is minted, and its place is told")
    func noneOfMany() async throws {
        try await TestStore.with { test in
            let (good, revoked) = (try await key(test), try await key(test))
            #expect(try await test.store.revokeSigningKey(revoked.id, now: start))
            var generator = SystemRandomNumberGenerator()
            let wishes = [good.id, revoked.id, nil, SigningKeyID("sk_000000000000")].map { LinkWish(signingKey: $0, link: RoomLink()) }
            #expect(try await test.store.mint(wishes, now: start, generator: &generator) == .unusableKeys([1, 3]))
            #expect(try await test.count("SELECT count(*) FROM links") == 0)
        }
    }

    // MARK: Hidden numbers

    private func hidden(_ test: TestStore, _ link: MintedLink) async throws -> HiddenLink {
        let slug = try #require(link.slug)
        return try #require(try await test.store.hiddenLink(slug, now: start)).link
    }

    private func dial(_ test: TestStore, _ visitor: Visitor, _ link: HiddenLink, key: String = "automatic") async throws -> DialVerdict {
        var generator = SystemRandomNumberGenerator()
        var request = try visitor.request(link.target.text, key: key, trunk: link.trunk)
        request.hidden = link.id
        return try await test.store.dial(request, now: start, plan: TestNumberPlan(), generator: &generator)
    }

    @Test("A link that hides its number dials it, and no label, sentence or refusal of the call holds a digit")
    func hides() async throws {
        try await TestStore.with { test in
            try await test.trunk()
            let link = try await mint(
                test, LinkWish(link: RoomLink(dial: DialTarget(written: phone)), hidesNumber: true, callerID: E164Number("+4930990")))
            #expect(link.query == nil && link.slug != nil)
            let known = try await hidden(test, link)
            guard case .placed(let call, let command) = try await dial(test, try Visitor(1, room: link.room.text), known) else { throw Unexpected() }
            #expect(call.hidesNumber && call.label == CallSnapshot.hiddenLabel && command.label == CallSnapshot.hiddenLabel && call.link == link.id)
            guard case .trunks(let route) = command.target else { throw Unexpected() }
            #expect(route.number == phone && route.callerID == "+4930990")
            // In another room the link is nobody's.
            let stranger = try Visitor(2, room: "elsewhere")
            let elsewhere = try #require(try await dial(test, stranger, known).call)
            #expect(elsewhere.hidesNumber && elsewhere.refusal?.rule == .allowlist && elsewhere.label == CallSnapshot.hiddenLabel)
            #expect(elsewhere.reason?.text.contains { $0.isNumber } == false)
        }
    }

    @Test("Whoever guesses a hidden number in its room is refused, rung or not")
    func guess() async throws {
        try await TestStore.with { test in
            try await test.trunk()
            let link = try await mint(test, LinkWish(link: RoomLink(dial: DialTarget(written: phone)), hidesNumber: true))
            let known = try await hidden(test, link)
            #expect(try await Visitor(1, room: link.room.text).dial(test.store, phone).call?.refusal?.rule == .allowlist)
            let visitor = try Visitor(2, room: link.room.text)
            #expect(try await dial(test, visitor, known).isPlaced)
            // While it rings, too: neither attached nor fired already.
            #expect(try await Visitor(3, room: link.room.text).dial(test.store, phone).call?.refusal?.rule == .allowlist)
            guard case .attached = try await dial(test, try Visitor(4, room: link.room.text), known) else { throw Unexpected() }
        }
    }

    @Test("A link's caller id goes with its calls alone")
    func callerID() async throws {
        try await TestStore.with { test in
            try await test.trunk()
            let link = try await mint(
                test, LinkWish(link: RoomLink(dial: DialTarget(written: phone)), callerID: E164Number("+4930990"), destinations: ["+49301"]))
            guard case .placed(_, let own) = try await Visitor(1, room: link.room.text).dial(test.store, phone), case .trunks(let route) = own.target
            else { throw Unexpected() }
            #expect(route.callerID == "+4930990")
            guard case .placed(_, let further) = try await Visitor(2, room: link.room.text).dial(test.store, "+4930123456"),
                case .trunks(let second) = further.target
            else { throw Unexpected() }
            #expect(second.callerID == "+4930990")
        }
    }

    // MARK: Figures and changes

    @Test("The figures of a link are those of its calls")
    func figures() async throws {
        try await TestStore.with { test in
            try await test.trunk()
            let link = try await mint(test, LinkWish(link: RoomLink(dial: DialTarget(written: phone)), maximumUses: 2))
            #expect(try await open(test, link, at: start + 5) == .plain)
            for index in 0..<3 {
                let verdict = try await Visitor(UInt64(index), room: link.room.text).dial(test.store, phone, at: start + Int64(index) * 1_000)
                guard index == 0, let call = verdict.call else { continue }
                _ = try await test.store.failCall(call.id, outcome: .busy, reason: nil, by: .phone, now: start)
            }
            let stats = try #require(try await test.store.linkStats(link.id))
            #expect(stats.opened == 1 && stats.dialled == 2 && stats.refused == 0 && stats.live == 1 && stats.outcomes == [.busy: 1])
            #expect(stats.lastOpenedAt == start + 5 && stats.lastDialledAt == start + 1_000 && stats.lastUsedAt == start + 1_000)
            let none = try #require(LinkID("ln_none"))
            #expect(try await test.store.linkStats(none) == nil)
        }
    }

    @Test("A change is made to the version that was read, and bumps it; what comes of the link does not")
    func change() async throws {
        try await TestStore.with { test in
            let link = try await mint(test, LinkWish(link: RoomLink(dial: DialTarget(written: phone)), maximumUses: 2, note: "first"))
            var patch = LinkPatch()
            patch.maximumUses = .clear
            patch.note = .set("second")
            patch.expiresAt = .set(start / 1_000 + 60)
            #expect(try await test.store.updateLink(link.id, patch, if: .oneOf([2])) == .outdated)
            #expect(try await open(test, link) == .plain)
            guard case .done(let changed) = try await test.store.updateLink(link.id, patch, if: .oneOf([1])) else { throw Unexpected() }
            #expect(changed.version == 2 && changed.maximumUses == nil && changed.note == "second" && changed.expiresAt == start + 60_000)
            #expect(try await test.store.link(link.id) == changed)
            patch = LinkPatch()
            patch.notBefore = .set(start / 1_000 + 60)
            #expect(try await test.store.updateLink(link.id, patch) == .endsBeforeItBegins)
            #expect(try await test.store.revokeLink(link.id, if: .oneOf([1]), now: start) == .outdated)
            #expect(try await test.store.revokeLink(link.id, now: start) == .changed(link.id))
            #expect(try await test.store.revokeLink(link.id, now: start + 9) == .changed(link.id))
            #expect(try await test.store.link(link.id)?.revokedAt == start)
            let none = try #require(LinkID("ln_none"))
            #expect(try await test.store.revokeLink(none, now: start) == .missing)
        }
    }

    @Test("A rotated key opens what it has signed until the overlap ends, and signs nothing new")
    func rotation() async throws {
        try await TestStore.with { test in
            try await test.trunk()
            let old = try await key(test)
            let link = try await mint(test, LinkWish(signingKey: old.id, link: RoomLink(dial: DialTarget(written: phone))))
            guard case .signed(let signed) = try await open(test, link) else { throw Unexpected() }
            var generator = SystemRandomNumberGenerator()
            guard case .rotated(let secret, let new) = try await test.store.rotateSigningKey(old.id, overlap: 60, now: start, generator: &generator)
            else { throw Unexpected() }
            #expect(secret.count == SigningKey.secretBytes && secret != old.secret)
            #expect(try await open(test, link, at: start + 59_999) == .signed(signed))
            #expect(try await open(test, link, at: start + 60_000) == .refused(LinkFault.keyUnknown.problem))
            let late = try await Visitor(1, room: link.room.text).dial(test.store, phone, signed: signed, at: start + 60_000)
            #expect(late.call?.reason?.code == "link_key_unknown")
            let wish = LinkWish(signingKey: old.id, link: RoomLink())
            #expect(try await test.store.mint([wish], now: start, generator: &generator) == .unusableKeys([0]))
            guard case .rotatedBefore(let known) = try await test.store.rotateSigningKey(old.id, overlap: 0, now: start, generator: &generator)
            else { throw Unexpected() }
            #expect(known.successor == new.id && known.retiresAt == start + 60_000)
        }
    }
}

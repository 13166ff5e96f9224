import Domain
import Testing

@Suite("A link to a room")
struct RoomLinkTests {
    static let origin = "https://phone.codeb.io"
    static let patterns: [(String, RoomLink)] = [
        ("?room=team-standup", RoomLink(room: RoomSlug("team-standup"))),
        ("?room=callme-7a3f&dial=%2B35621223531", RoomLink(room: RoomSlug("callme-7a3f"), dial: .e164("+35621223531"))),
        (
            "?room=stefan-test&dial=%2B4915157610183&trunk=tr_4194b9eab3de",
            RoomLink(room: RoomSlug("stefan-test"), dial: .e164("+4915157610183"), trunk: Sample.trunk)
        ),
        ("?room=support&name=Customer&cam=off", RoomLink(room: RoomSlug("support"), name: DisplayName("Customer"), camera: false)),
        ("?room=reception&dial=610", RoomLink(room: RoomSlug("reception"), dial: .short("610"))),
        (
            "?room=r-c0ff331e&name=Stefan&dial=%2B4915157610183&trunk=tr_4194b9eab3de&cam=off",
            RoomLink(
                room: RoomSlug("r-c0ff331e"), name: DisplayName("Stefan"), dial: .e164("+4915157610183"), trunk: Sample.trunk, camera: false)
        ),
    ]

    @Test("The six patterns of the reference are written letter by letter, and what is written is read", arguments: patterns)
    func pattern(query: String, link: RoomLink) throws {
        #expect(link.url(origin: Self.origin) == Self.origin + "/room.html" + query)
        #expect(try RoomLink.read(query: query).link == link)
    }

    @Test("The cases are there")
    func present() {
        #expect(RoomLinkCase.all.count >= 140)
        #expect(RoomLinkCase.all.allSatisfy { ($0.link == nil) != ($0.refused == nil) })
    }

    @Test("A link is read as the document says", arguments: RoomLinkCase.all.filter { $0.link != nil })
    func read(example: RoomLinkCase) throws {
        let expected = try #require(example.link)
        let (link, claims) = try RoomLink.read(query: example.query)
        #expect(link.room?.text == expected.room)
        #expect(link.name?.text == expected.name)
        #expect(link.trunk?.text == expected.trunk)
        #expect(link.camera == expected.camera)
        #expect(!claims.isEmpty == (expected.signed ?? false))
        switch link.dial {
        case nil: #expect(expected.dial == nil)
        case .unreadable: #expect(expected.dial != nil && expected.number == nil)
        case .e164(let number), .short(let number): #expect(number == expected.number)
        }
        #expect(link.dial == expected.dial.map { DialTarget(written: $0) })
    }

    @Test("A link that cannot be used is refused as the document says, in words", arguments: RoomLinkCase.all.filter { $0.refused != nil })
    func refused(example: RoomLinkCase) {
        do throws(RoomLinkError) {
            let link = try RoomLink.read(query: example.query).link
            Issue.record("read as \(link)")
        } catch {
            #expect(RoomLinkCase.Refusal(error) == example.refused)
            #expect(!error.problem.sentence.isEmpty && error.problem.blame == .caller)
        }
    }

    @Test(
        "A name of any script, and one with every sign of the syntax, survives writing and reading",
        arguments: ["Zoë & Søn = 100% +?#/", "王小明", "مريم", "👩‍👩‍👧 family", "<b>Bob</b>", "a;b", "John Doe"])
    func anyScript(name: String) throws {
        let link = RoomLink(room: Sample.room, name: DisplayName(name))
        #expect(link.name != nil)
        #expect(try RoomLink.read(query: link.query).link == link)
        #expect(link.query.utf8.allSatisfy { $0.isUnreserved || "&=%".utf8.contains($0) })
    }

    @Test("Either spelling of a camera that is off is written as cam=off, and one that is on not at all", arguments: ["cam=OFF", "nocam=1"])
    func camera(spelling: String) throws {
        #expect(try RoomLink.read(query: "room=a&" + spelling).link.query == "room=a&cam=off")
        #expect(try RoomLink.read(query: "room=a&cam=on").link.query == "room=a")
    }

    @Test("Every prefix and every mutated byte of a link is a link or a clear error, and what is read reads the same again")
    func hostileBytes() throws {
        let query = Array("room=r-c0ff331e&name=J%C3%B6+D&dial=%2B4915157610183&trunk=tr_4194b9eab3de&cam=off&nocam=1".utf8)
        var (read, unreadable, refused) = (0, 0, 0)
        func parse(_ bytes: some Collection<UInt8>) throws {
            do throws(RoomLinkError) {
                let link = try RoomLink.read(query: String(decoding: bytes, as: UTF8.self)).link
                // What is no number has no one form.
                if case .unreadable = link.dial {
                    unreadable += 1
                } else {
                    read += 1
                    #expect(try RoomLink.read(query: link.query).link == link)
                }
            } catch {
                refused += 1
                if error.problem.sentence.isEmpty { Issue.record("no sentence for \(error)") }
            }
        }
        for length in 0...query.count { try parse(query.prefix(length)) }
        try everyMutation(of: query) { try parse($0) }
        #expect(read + unreadable + refused == query.count + 1 + query.count * 255)
        #expect(read > 1000 && unreadable > 1000 && refused > 1000)
    }
}

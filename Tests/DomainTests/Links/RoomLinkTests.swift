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

    @Test("The six patterns of the reference are read, and written again letter by letter", arguments: patterns)
    func pattern(query: String, link: RoomLink) throws {
        let url = Self.origin + "/room.html" + query
        #expect(try RoomLink(url: url) == link)
        #expect(try RoomLink(query: query) == link)
        #expect(link.url(origin: Self.origin) == url)
    }

    @Test("A space in a name comes as %20 or as +, and is written as %20", arguments: ["John%20Doe", "John+Doe"])
    func space(name: String) throws {
        let link = try RoomLink(query: "room=a&name=" + name)
        #expect(link.name?.text == "John Doe")
        #expect(link.query == "room=a&name=John%20Doe")
    }

    @Test(
        "A name of any script, and one with every sign of the syntax, survives writing and reading",
        arguments: ["Zoë & Søn = 100% +?#/", "王小明", "مريم", "👩‍👩‍👧 family", "<b>Bob</b>", "a;b"])
    func anyScript(name: String) throws {
        let link = RoomLink(room: Sample.room, name: DisplayName(name))
        #expect(link.name != nil)
        #expect(try RoomLink(query: link.query) == link)
        #expect(link.query.utf8.allSatisfy { $0.isUnreserved || "&=%".utf8.contains($0) })
    }

    @Test(
        "The bare plus that somebody forgot to encode is still a plus",
        arguments: [
            ("+4915157610183", DialTarget.e164("+4915157610183")), ("%204915157610183", .e164("+4915157610183")),
            ("+49+151+5761-0183", .e164("+4915157610183")), ("%2B49%20(151)%205761.0183", .e164("+4915157610183")),
            ("+610", .short("610")), ("610", .short("610")),
        ])
    func barePlus(dial: String, target: DialTarget) throws {
        #expect(try RoomLink(query: "room=a&dial=" + dial).dial == target)
    }

    @Test(
        "nocam=1 and cam=off are the same wish; the private one wins",
        arguments: [
            ("room=a", true), ("room=a&cam=on", true), ("room=a&nocam=0", true), ("room=a&cam=", true),
            ("room=a&cam=off", false), ("room=a&nocam=1", false), ("room=a&cam=off&nocam=1", false), ("room=a&cam=on&nocam=1", false),
        ])
    func camera(query: String, camera: Bool) throws {
        let link = try RoomLink(query: query)
        #expect(link.camera == camera)
        #expect(link.query == (camera ? "room=a" : "room=a&cam=off"))
    }

    @Test("What is missing or empty is left to the page", arguments: ["", "?", "room=", "room", "&&&", "name=&dial=&trunk=&cam=", "#room=x"])
    func missing(query: String) throws {
        #expect(try RoomLink(query: query) == RoomLink())
    }

    @Test(
        "Unknown parameters are ignored, however they look",
        arguments: [
            "utm_source=mail&room=a", "room=a&fbclid=%zz", "room=a&%zz=1", "room=a&x=1&x=2", "Room=b&room=a", "room=a&=b", "ro%6Fm=a",
        ])
    func unknown(query: String) throws {
        #expect(try RoomLink(query: query) == RoomLink(room: RoomSlug("a")))
    }

    @Test(
        "A link that cannot be used says which parameter is wrong",
        arguments: [
            ("room=a&room=a", RoomLinkError.duplicated(.room)), ("room=a&r%6Fom=b", .duplicated(.room)),
            ("dial=%2B4930901820&dial=610", .duplicated(.dial)), ("room=&room=a", .duplicated(.room)),
            ("room=a%2", .invalidEncoding(.room)), ("name=%C3%28", .invalidEncoding(.name)), ("name=%ED%A0%80", .invalidEncoding(.name)),
            ("name=%C0%AF", .invalidEncoding(.name)), ("dial=%2X", .invalidEncoding(.dial)),
            ("room=a%2Fb", .invalidRoom), ("room=a+b", .invalidRoom), ("room=%00", .invalidRoom), ("room=f%C3%B6n", .invalidRoom),
            ("room=" + String(repeating: "a", count: 65), .invalidRoom),
            ("name=a%0Ab", .invalidName), ("name=%E2%80%AEevil", .invalidName), ("name=++", .invalidName),
            ("name=" + String(repeating: "n", count: 81), .invalidName),
            ("name=" + String(repeating: "n", count: 2049), .tooLong(.name)),
            ("dial=004930901820", .invalidDial(.invalidNumber)), ("dial=112", .invalidDial(.emergencyNumber)),
            ("trunk=tr_4194b9eab3d", .invalidTrunk), ("trunk=TR_4194b9eab3de", .invalidTrunk), ("trunk=tr_4194b9eab3dg", .invalidTrunk),
            ("cam=false", .invalidCamera(.cam)), ("nocam=yes", .invalidCamera(.nocam)),
            (String(repeating: "x", count: 8193), .queryTooLong),
        ])
    func refused(query: String, error: RoomLinkError) {
        #expect(throws: error) { try RoomLink(query: query) }
        #expect(!error.problem.sentence.isEmpty && error.problem.blame == .caller)
    }

    @Test(
        "Only the path /room.html is a room's",
        arguments: [
            "https://phone.codeb.io/?room=a", "https://phone.codeb.io?room=a", "/", "", "/room.htm?room=a", "/x/room.html?room=a", "room.html?room=a",
            "https:///?/room.html",
        ])
    func otherPage(url: String) {
        #expect(throws: RoomLinkError.notARoomPage) { try RoomLink(url: url) }
    }

    @Test("A path alone is enough of a URL", arguments: ["/room.html?room=a", "/room.html?room=a#dial=1", "http://[::1]:8080/room.html?room=a"])
    func path(url: String) throws {
        #expect(try RoomLink(url: url) == RoomLink(room: RoomSlug("a")))
    }

    @Test("Every prefix and every mutated byte of a link is a link or a clear error, and what is read reads the same again")
    func hostileBytes() throws {
        let query = Array("room=r-c0ff331e&name=J%C3%B6+D&dial=%2B4915157610183&trunk=tr_4194b9eab3de&cam=off&nocam=1".utf8)
        var read = 0
        var refused = 0
        func parse(_ bytes: some Collection<UInt8>) throws {
            do throws(RoomLinkError) {
                let link = try RoomLink(query: String(decoding: bytes, as: UTF8.self))
                read += 1
                #expect(try RoomLink(query: link.query) == link)
            } catch {
                refused += 1
                if error.problem.sentence.isEmpty { Issue.record("no sentence for \(error)") }
            }
        }
        for length in 0...query.count { try parse(query.prefix(length)) }
        try everyMutation(of: query) { try parse($0) }
        #expect(read + refused == query.count + 1 + query.count * 255)
        #expect(read > 1000 && refused > 1000)
    }
}

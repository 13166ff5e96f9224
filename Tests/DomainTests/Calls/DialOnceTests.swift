import Domain
import Testing

@Suite("A link dials once per load")
struct DialOnceTests {
    static let ownEarlier = Sample.snapshot(.ended, key: DialKey("auto-0000")!)
    static let same = Sample.snapshot(.ended)
    static let live = Sample.snapshot(.ringing, key: DialKey("someone-else")!)

    static func request(_ origin: DialRequest.Origin, load: LoadID = Sample.load) -> DialRequest {
        DialRequest(room: Sample.room, peer: Sample.peer, load: load, key: Sample.key, origin: origin, target: .short("600"), trunk: nil)
    }

    @Test(
        "The table of the rule",
        arguments: [
            // The first load of a link dials; a person's press dials.
            (request(.url), DialOnce.Facts(), DialOnce.Decision.place),
            (request(.user), .init(), .place),
            // The frame sent again, by a reload, a reconnect or after a restart.
            (request(.url), .init(sameKey: same), .known(same)),
            (request(.user), .init(sameKey: same), .known(same)),
            (request(.url), .init(sameKey: same, live: live, ownLinkCall: same, firedByAnother: true), .known(same)),
            // The phone is here already.
            (request(.url), .init(live: live), .attach(live)),
            (request(.user), .init(live: live), .attach(live)),
            (request(.url), .init(live: live, firedByAnother: true), .attach(live)),
            (request(.url, load: Sample.copy), .init(live: live), .attach(live)),
            // A load whose link has dialled does not dial by its link again, also under another key.
            (request(.url), .init(ownLinkCall: ownEarlier), .known(ownEarlier)),
            (request(.user), .init(ownLinkCall: ownEarlier), .place),
            // A second visitor of the same link.
            (request(.url), .init(firedByAnother: true), .alreadyFired),
            (request(.user), .init(firedByAnother: true), .place),
            // A duplicated tab dials only when a person presses.
            (request(.url, load: Sample.copy), .init(), .alreadyFired),
            (request(.user, load: Sample.copy), .init(), .place),
        ])
    func table(request: DialRequest, facts: DialOnce.Facts, decision: DialOnce.Decision) {
        #expect(DialOnce.decide(request, facts) == decision)
    }

    @Test("Whatever else is known, a call is placed only if there is none of this key and none in the room")
    func placesOnlyWhenFree() {
        for origin in [DialRequest.Origin.url, .user] {
            for load in [Sample.load, Sample.copy] {
                for bits in 0..<16 {
                    let facts = DialOnce.Facts(
                        sameKey: bits & 1 == 0 ? nil : Self.same, live: bits & 2 == 0 ? nil : Self.live,
                        ownLinkCall: bits & 4 == 0 ? nil : Self.ownEarlier, firedByAnother: bits & 8 != 0)
                    let mayPlace = bits & 3 == 0 && (origin == .user || (bits == 0 && !load.isCopy))
                    #expect((DialOnce.decide(Self.request(origin, load: load), facts) == .place) == mayPlace)
                }
            }
        }
    }
}

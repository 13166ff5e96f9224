import Domain
import Testing

@Suite("Where a dial leads")
struct DialRoutingTests {
    static let echo = VirtualNumber(number: "600", label: "Echo test", mode: .echo, isPublic: true)
    static let words = Announcement(text: "Hello", language: "en", leadSilenceMilliseconds: 500, loop: false, maximumSeconds: 60)
    static let announcement = VirtualNumber(number: "601", label: "Welcome", mode: .announce(words), isPublic: true)

    @Test("A virtual number answers here, whatever trunk is named")
    func virtual() {
        #expect(DialRouting.decide(.short("600"), DialRouting.Facts(number: Self.echo), trunk: nil) == .route(.echo, label: "Echo test"))
        #expect(DialRouting.decide(.short("600"), DialRouting.Facts(number: Self.echo), trunk: Sample.trunk) == .route(.echo, label: "Echo test"))
        #expect(
            DialRouting.decide(.short("601"), DialRouting.Facts(number: Self.announcement), trunk: nil)
                == .route(.announcement(Self.words), label: "Welcome"))
    }

    @Test("An extension without a phone is unreachable, and no trunk is asked", arguments: [nil, Sample.trunk])
    func noPhone(trunk: TrunkID?) {
        #expect(
            DialRouting.decide(.short("610"), DialRouting.Facts(), trunk: trunk)
                == .refused(.unreachable, CallReason(code: "no_such_extension", text: "No phone is registered as extension 610.")))
    }

    @Test("A telephone number needs a trunk, and the sentence does not give the number away")
    func noTrunk() {
        #expect(
            DialRouting.decide(.e164("+4915157610183"), DialRouting.Facts(), trunk: nil)
                == .refused(.trunkUnavailable, CallReason(code: "no_trunk", text: "No trunk is set up that could call +4915•••••183.")))
    }

    @Test("A pinned trunk that is not there is not replaced by another")
    func unknownTrunk() {
        #expect(
            DialRouting.decide(.e164("+4915157610183"), DialRouting.Facts(), trunk: Sample.trunk)
                == .refused(
                    .trunkUnavailable,
                    CallReason(code: "unknown_trunk", text: "The trunk tr_4194b9eab3de that this link asks for is not set up here.")))
    }

    @Test("A registered phone is reached by its digits, under its name, whatever trunk is named", arguments: [nil, Sample.trunk])
    func registered(trunk: TrunkID?) {
        let facts = DialRouting.Facts(extensionName: "Reception", trunks: [TrunkChoice.Candidate(id: Sample.trunk)])
        #expect(DialRouting.decide(.short("610"), facts, trunk: trunk) == .route(.registered(extension: "610"), label: "Reception"))
    }

    @Test("A telephone number goes over the trunks that can carry it, and its label is masked")
    func trunks() {
        let facts = DialRouting.Facts(trunks: [TrunkChoice.Candidate(id: Sample.trunk)])
        #expect(
            DialRouting.decide(.e164("+4915157610183"), facts, trunk: nil)
                == .route(.trunks(TrunkRoute(number: "+4915157610183", trunks: [Sample.trunk])), label: "+4915•••••183"))
        #expect(DialRouting.decide(.short("611"), facts, trunk: nil) != .route(.registered(extension: "611"), label: ""))
    }
}

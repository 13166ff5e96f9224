import Domain
import Testing

@Suite("Where a dial leads")
struct DialRoutingTests {
    static let echo = VirtualNumber(number: "600", label: "Echo test", mode: .echo, isPublic: true)
    static let words = Announcement(text: "Hello", language: "en", leadSilenceMilliseconds: 500, loop: false, maximumSeconds: 60)
    static let announcement = VirtualNumber(number: "601", label: "Welcome", mode: .announce(words), isPublic: true)

    @Test("A virtual number answers here, whatever trunk is named")
    func virtual() {
        #expect(DialRouting.decide(.short("600"), number: Self.echo, trunk: nil) == .route(.echo, label: "Echo test"))
        #expect(DialRouting.decide(.short("600"), number: Self.echo, trunk: Sample.trunk) == .route(.echo, label: "Echo test"))
        #expect(
            DialRouting.decide(.short("601"), number: Self.announcement, trunk: nil) == .route(.announcement(Self.words), label: "Welcome"))
    }

    @Test("An extension without a phone is unreachable, and no trunk is asked", arguments: [nil, Sample.trunk])
    func noPhone(trunk: TrunkID?) {
        #expect(
            DialRouting.decide(.short("610"), number: nil, trunk: trunk)
                == .refused(.unreachable, CallReason(code: "no_such_extension", text: "No phone is registered as extension 610.")))
    }

    @Test("A telephone number needs a trunk, and the sentence does not give the number away")
    func noTrunk() {
        #expect(
            DialRouting.decide(.e164("+4915157610183"), number: nil, trunk: nil)
                == .refused(.trunkUnavailable, CallReason(code: "no_trunk", text: "No trunk is set up that could call +4915•••••183.")))
    }

    @Test("A pinned trunk that is not there is not replaced by another")
    func unknownTrunk() {
        #expect(
            DialRouting.decide(.e164("+4915157610183"), number: nil, trunk: Sample.trunk)
                == .refused(
                    .trunkUnavailable,
                    CallReason(code: "unknown_trunk", text: "The trunk tr_4194b9eab3de that this link asks for is not set up here.")))
    }
}

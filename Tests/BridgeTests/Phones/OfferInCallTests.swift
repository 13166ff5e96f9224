import Bridge
import SIP
import Testing

/// Offers of the far end in a call that is up.
@Suite struct OfferInCallTests {
    private func talking() -> (DeskRig, SIPPeer) {
        let rig = DeskRig(trunks: [DeskRig.trunk(1)])
        rig.place(over: [1])
        rig.peer(1).answer()
        return (rig, rig.peer(1))
    }

    private let start = ["media", "tried 1 200", "answered"]

    private func text(_ response: SIPResponse?) -> String { response.map { String(decoding: $0.body, as: UTF8.self) } ?? "" }

    @Test func `the same offer again is a sign of life, and answered with the same words`() {
        let (rig, peer) = talking()
        peer.request(.invite, body: peer.description())
        #expect(peer.responses.last?.status == 200)
        #expect(peer.responses.last?.body == peer.last(.invite)?.body)
        // Told all the same: its RTP may come from elsewhere now.
        #expect(rig.words() == start + ["media"])
        guard case .media(_, _, _, isReoffered: true) = rig.news.last?.news else { Issue.record("not said to be offered anew"); return }
    }

    @Test func `a hold is answered by its direction and told, and so is the resume`() {
        let (rig, peer) = talking()
        peer.request(.invite, body: peer.description("sendonly", version: 2))
        #expect(text(peer.responses.last).contains("a=recvonly"))
        peer.request(.invite, body: peer.description("inactive", version: 3))
        #expect(text(peer.responses.last).contains("a=inactive"))
        peer.request(.invite, body: peer.description(version: 4))
        #expect(text(peer.responses.last).contains("a=sendrecv"))
        #expect(rig.words() == start + ["held", "held", "media"])
    }

    @Test func `an offer that does not fit is refused, and the call lives as it was`() {
        let (rig, peer) = talking()
        for description in [peer.description(codec: "18", version: 2), "v=0\r\n", "no description"] {
            peer.request(.invite, body: description)
            #expect(peer.responses.last?.status == 488)
        }
        rig.run(for: .seconds(60))
        #expect(peer.count(.bye) == 0)
        #expect(rig.words() == start)
        // And is still good for one that does.
        peer.request(.invite, body: peer.description("sendonly", version: 3))
        #expect(peer.responses.last?.status == 200)
        #expect(rig.words() == start + ["held"])
    }

    @Test func `a question without an offer is answered with ours`() {
        let (rig, peer) = talking()
        peer.request(.invite)
        #expect(peer.responses.last?.status == 200)
        #expect(text(peer.responses.last).contains("m=audio 20000 RTP/AVP 0 8 101"))
        #expect(rig.desk.callCount == 1)
    }
}

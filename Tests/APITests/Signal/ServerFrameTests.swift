import API
import Domain
import Testing

@Suite("Server frames")
struct ServerFrameTests {
    @Test("The type comes first in every frame, and the members in the order of the protocol")
    func order() {
        let status = DialStatus(Samples.snapshot(.queued), key: Samples.key, load: Samples.load, now: 2_000)
        #expect(
            text(.dialStatus(status)) == """
                {"type":"dial-status","call":"ca_0123456789abcdef01234567","key":"key-0001","number":"600","label":"Echo test",\
                "state":"queued","early_media":false,"expires_at":"1970-01-01T00:00:16Z","starter":true}
                """)
        #expect(
            text(.peerJoined(Samples.ada)) == """
                {"type":"peer-joined","peer":{"id":"pe_0123456789abcdef01234567","kind":"browser","name":"Ada",\
                "microphone":true,"camera":false,"screen":false,"muted":false}}
                """)
        let tracks: [String: TrackSource] = ["10": TrackSource(participant: .call(Samples.call), kind: .audio)]
        #expect(
            text(.tracks(tracks)) == #"{"type":"tracks","tracks":{"10":{"participant":"ca_0123456789abcdef01234567","kind":"audio"}}}"#)
        #expect(text(.answer(sdp: "v=0\r\n")) == #"{"type":"signal","description":{"type":"answer","sdp":"v=0\r\n"}}"#)
        #expect(text(.media(audio: 2, video: 0)) == #"{"type":"media","audio":2,"video":0}"#)
        #expect(text(.locked(true)) == #"{"type":"locked","on":true}"#)
        #expect(
            text(.chat(ChatMessage(from: Samples.peer, name: "Ada", text: ChatText("<b>hi</b>\n\"you\"")!, at: 0)))
                == #"{"type":"chat","from":"pe_0123456789abcdef01234567","name":"Ada","text":"<b>hi</b>\n\"you\"","at":"1970-01-01T00:00:00Z"}"#)
        #expect(text(.speaking([])) == #"{"type":"speaking","participants":[]}"#)
        #expect(text(.pong) == #"{"type":"pong"}"#)
    }

    @Test("A welcome holds the roster and the live calls")
    func welcome() {
        let call = DialStatus(Samples.snapshot(.answered), key: nil, load: Samples.otherLoad, now: 6_500)
        let welcome = Welcome(peer: Samples.peer, room: Samples.room, peers: [Samples.ada], resume: "token", resumed: true, calls: [call])
        #expect(
            text(.welcome(welcome)) == """
                {"type":"welcome","peer":"pe_0123456789abcdef01234567","room":"standup","peers":[{"id":"pe_0123456789abcdef01234567",\
                "kind":"browser","name":"Ada","microphone":true,"camera":false,"screen":false,"muted":false}],"resume":"token","resumed":true,"role":"guest","locked":false,"calls":[\
                {"type":"dial-status","call":"ca_0123456789abcdef01234567","number":"600","label":"Echo test","state":"answered",\
                "early_media":false,"answered_seconds":2,"starter":false}]}
                """)
    }

    @Test("An ended call says how, why and how long")
    func ended() {
        let status = DialStatus(Samples.snapshot(.ended), key: nil, load: Samples.load, now: 9_000)
        #expect(
            text(.dialStatus(status)).hasSuffix(
                #""state":"ended","early_media":false,"outcome":"busy","reason":{"code":"busy","text":"Busy."},"talk_seconds":0,"starter":true}"#))
    }

    @Test("A dial that rings nobody has no call")
    func notFired() {
        let status = DialStatus(notFired: Samples.key, CallReason(code: "already_fired", text: "Somebody did."))
        #expect(
            text(.dialStatus(status))
                == #"{"type":"dial-status","key":"key-0001","state":"not_fired","reason":{"code":"already_fired","text":"Somebody did."}}"#)
    }

    @Test("Only the starter of a call sees a whole telephone number")
    func masking() {
        let call = Samples.snapshot(.ringing, target: .e164("+4915157610183"))
        #expect(DialStatus(call, key: nil, load: Samples.load, now: 0).number == "+4915157610183")
        let shown = DialStatus(call, key: nil, load: Samples.otherLoad, now: 0).number ?? ""
        #expect(shown.contains("•") && !shown.contains("57610"))
    }

    @Test("A name from the network cannot break out of its string")
    func escaping() {
        let name = "\"},{\u{0}\u{1F}\\\n\u{2028}</script>"
        let frame = ServerFrame.peerUpdated(Participant(id: .peer(Samples.peer), kind: .browser, name: name, microphone: false, camera: false))
        #expect(text(frame).contains(#""name":"\"},{\u0000\u001f\\\n"# + "\u{2028}</script>\""))
    }

    private func text(_ frame: ServerFrame) -> String { String(decoding: frame.encoded(), as: UTF8.self) }
}

import API
import Domain
import Testing

@Suite("A signal session")
struct SignalSessionTests {
    static let join = #"{"type":"join","room":"standup","name":"Ada","load":"0123456789abcdef0123456789abcdef"}"#
    static let admission = SignalSession.Admission(
        place: Samples.place, participants: [Samples.ada], resume: "token", resumed: false, calls: [])

    // MARK: Join

    @Test("A join starts the operation, and its success is the welcome")
    func joins() {
        var session = SignalSession(now: .zero)
        let frame = JoinFrame(room: Samples.room, name: DisplayName("Ada")!, load: Samples.load)
        #expect(session.received(Samples.bytes(Self.join), now: .seconds(1)) == [.start(.join(frame))])
        #expect(session.place == nil)
        let welcome = Welcome(peer: Samples.peer, room: Samples.room, peers: [Samples.ada], resume: "token", resumed: false, calls: [])
        #expect(session.joinFinished(.success(Self.admission), now: .seconds(2), wallMilliseconds: 0) == [.send(.welcome(welcome))])
        #expect(session.place == Samples.place)
    }

    @Test("Nothing but join, ping and leave is done before the welcome")
    func notJoined() {
        var session = SignalSession(now: .zero)
        #expect(codes(session.received(Samples.bytes(#"{"type":"dial","number":"600","key":"key-0001"}"#), now: .zero)) == [.notJoined])
        #expect(codes(session.received(Samples.bytes(#"{"type":"update","microphone":true,"camera":true}"#), now: .zero)) == [.notJoined])
        #expect(session.received(Samples.bytes(#"{"type":"ping"}"#), now: .zero) == [.send(.pong)])
        _ = session.received(Samples.bytes(Self.join), now: .zero)
        #expect(codes(session.received(Samples.bytes(#"{"type":"hangup","call":"ca_0123456789abcdef01234567"}"#), now: .zero)) == [.notJoined])
        #expect(codes(session.received(Samples.bytes(Self.join), now: .zero)) == [.alreadyJoined])
    }

    @Test("A dial by a link that hides its number is the link's, and only of the link by which the browser came")
    func hiddenLink() throws {
        let slug = String(repeating: "a", count: 32)
        let link = HiddenLink(
            id: LinkID("ln_1")!, slug: LinkSlug(slug)!, room: Samples.room, name: nil, camera: true, target: .e164("+4930901820"),
            trunk: TrunkID("tr_4194b9eab3de"))
        var admission = Self.admission
        admission.hidden = link
        var session = SignalSession(now: .zero)
        _ = session.received(Samples.bytes(Self.join), now: .zero)
        _ = session.joinFinished(.success(admission), now: .zero, wallMilliseconds: 0)
        let other = session.received(Samples.bytes(#"{"type":"dial","link":"\#(String(repeating: "b", count: 32))","key":"key-0001"}"#), now: .zero)
        #expect(codes(other) == [.unknownLink])
        let actions = session.received(Samples.bytes(#"{"type":"dial","link":"\#(slug)","key":"key-0001"}"#), now: .zero)
        guard case .start(.dial(let request))? = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(request.hidden == link.id && request.target == link.target && request.trunk == link.trunk)
        // The number itself is no dial of the link.
        let written = session.received(Samples.bytes(#"{"type":"dial","number":"+4930901820","key":"key-0002"}"#), now: .zero)
        guard case .start(.dial(let plain))? = written.first else {
            Issue.record("\(written)")
            return
        }
        #expect(plain.hidden == nil)
    }

    @Test("A join that fails may be tried again, and has time for it")
    func joinFails() {
        var session = SignalSession(now: .zero)
        _ = session.received(Samples.bytes(Self.join), now: .seconds(9))
        let fault = SignalFault(.bridgeUnavailable, about: "join")
        #expect(session.joinFinished(.failure(fault), now: .seconds(17), wallMilliseconds: 0) == [.send(.error(fault))])
        #expect(session.tick(now: .seconds(18)) == [])
        #expect(session.received(Samples.bytes(Self.join), now: .seconds(19)).count == 1)
    }

    @Test("What happens in the room during the join follows the welcome")
    func newsWhileJoining() {
        var session = SignalSession(now: .zero)
        _ = session.received(Samples.bytes(Self.join), now: .zero)
        #expect(session.heard(.joined(Samples.bob)) == [])
        let actions = session.joinFinished(.success(Self.admission), now: .zero, wallMilliseconds: 0)
        #expect(actions.last == .send(.peerJoined(Samples.bob)))
        #expect(actions.count == 2)
    }

    @Test("News without end during a join end the socket instead of filling the memory")
    func tooManyNews() {
        var session = SignalSession(now: .zero)
        _ = session.received(Samples.bytes(Self.join), now: .zero)
        var closed: [SignalSession.Action] = []
        for _ in 0..<300 { closed += session.heard(.joined(Samples.bob)) }
        #expect(closed == [.close(.serverRestarting)])
    }

    // MARK: Limits

    @Test("Who has not joined 10 s after the upgrade is closed")
    func joinTimeout() {
        var session = SignalSession(now: .seconds(5))
        #expect(session.deadline == .seconds(15))
        #expect(session.tick(now: .seconds(14.9)) == [])
        #expect(session.tick(now: .seconds(15)) == [.close(.joinTimeout)])
        #expect(session.deadline == nil)
    }

    @Test("A ping each 25 s keeps a socket alive, silence for 60 s closes it")
    func keepalive() {
        var session = joined()
        for second in stride(from: 25, through: 250, by: 25) {
            #expect(session.tick(now: .seconds(second)) == [])
            #expect(session.received(Samples.bytes(#"{"type":"ping"}"#), now: .seconds(second)) == [.send(.pong)])
        }
        #expect(session.deadline == .seconds(310))
        #expect(session.tick(now: .seconds(310)) == [.close(.keepaliveTimeout)])
        #expect(session.received(Samples.bytes(#"{"type":"ping"}"#), now: .seconds(311)) == [])
    }

    @Test("The 51st frame of a burst closes the socket, whatever kind it is")
    func flood() {
        var session = joined(now: .zero)
        // The join was the first of the fifty.
        for _ in 0..<24 {
            #expect(session.received(Samples.bytes(#"{"type":"ping"}"#), now: .zero) == [.send(.pong)])
            #expect(session.received(.control, now: .zero) == [])
        }
        #expect(codes(session.received(.binary, now: .zero)) == [.malformedFrame])
        #expect(session.received(.control, now: .zero) == [.close(.flood)])
        #expect(session.received(.binary, now: .zero) == [])
    }

    @Test("Twenty frames a second go on for ever")
    func steady() {
        var session = joined(now: .zero)
        for frame in 1...2_000 {
            #expect(session.received(Samples.bytes(#"{"type":"ping"}"#), now: .milliseconds(50 * frame)) == [.send(.pong)])
        }
    }

    @Test("A malformed frame is answered, and the socket stays")
    func malformed() {
        var session = joined()
        #expect(codes(session.received(Samples.bytes("{"), now: .zero)) == [.malformedFrame])
        #expect(codes(session.received(.binary, now: .zero)) == [.malformedFrame])
        #expect(session.place == Samples.place)
    }

    // MARK: Leaving

    @Test("Leave gives the place up and closes")
    func leave() {
        var session = joined()
        #expect(session.received(Samples.bytes(#"{"type":"leave"}"#), now: .zero) == [.abandon(Samples.place), .close(.left)])
        #expect(session.heard(.joined(Samples.bob)) == [])
        #expect(session.close(.serverRestarting) == [])
    }

    @Test("Results that come after the end are ignored")
    func lateResults() {
        var session = joined()
        session.disconnected()
        #expect(session.offerFinished(.success((sdp: "v=0", sections: MediaSections(audio: 1, video: 0, tracks: [:])))) == [])
        #expect(session.dialAnswered(Samples.key, .call(Samples.snapshot(.queued), at: 0)) == [])
        #expect(session.updateFinished(fault: nil) == [])
    }

    // MARK: Offers

    @Test("One offer is in flight at a time; one that comes meanwhile is refused after the answer, in the order of the offers")
    func offers() {
        var session = joined()
        let offer = Samples.bytes(#"{"type":"signal","description":{"type":"offer","sdp":"v=0"}}"#)
        #expect(session.received(offer, now: .zero) == [.start(.offer(Samples.place, sdp: "v=0"))])
        #expect(session.received(offer, now: .zero) == [])
        let sections = MediaSections(audio: 2, video: 0, tracks: [:])
        let refusal = ServerFrame.error(SignalFault(.offerInFlight, about: "signal"))
        #expect(
            session.offerFinished(.success((sdp: "v=1", sections: sections)))
                == [
                    .send(.answer(sdp: "v=1")), .send(refusal), .send(.media(audio: 2, video: 0)), .send(.tracks([:])),
                    .send(.upload(MediaSections.Upload())),
                ])
        #expect(session.received(offer, now: .zero).count == 1)
        let fault = SignalFault(.invalidOffer, about: "signal")
        #expect(session.offerFinished(.failure(fault)) == [.send(.error(fault))])
    }

    @Test("Sections that did not change are not told again")
    func sections() {
        var session = joined()
        let track = TrackSource(participant: .peer(Samples.otherPeer), kind: .audio)
        let before = MediaSections(audio: 2, video: 0, tracks: [:])
        let after = MediaSections(audio: 2, video: 0, tracks: ["1": track])
        #expect(session.heard(.sections(before)).count == 3)
        #expect(session.heard(.sections(before)) == [])
        #expect(session.heard(.sections(after)) == [.send(.tracks(["1": track]))])
        let seen = MediaSections(audio: 2, video: 0, tracks: ["1": track], upload: MediaSections.Upload(camera: true))
        #expect(session.heard(.sections(seen)) == [.send(.upload(MediaSections.Upload(camera: true)))])
        // An answer that was overtaken by the news after it changes nothing back.
        let newer = MediaSections(audio: 3, video: 0, tracks: [:], revision: 8)
        #expect(session.heard(.sections(newer)).count == 3)
        #expect(session.heard(.sections(MediaSections(audio: 2, video: 0, tracks: ["1": track], revision: 7))) == [])
    }

    // MARK: Dials

    static let dial = #"{"type":"dial","number":"600","origin":"user","key":"key-0001"}"#
    static let request = DialRequest(
        room: Samples.room, peer: Samples.peer, load: Samples.load, key: Samples.key, origin: .user, target: .short("600"), trunk: nil)

    @Test("A dial is told with its key, and so are the steps that follow")
    func dials() {
        var session = joined()
        #expect(session.received(Samples.bytes(Self.dial), now: .zero) == [.start(.dial(Self.request))])
        #expect(states(session.dialAnswered(Samples.key, .call(Samples.snapshot(.queued), at: 0))) == ["queued key-0001"])
        #expect(states(session.heard(.call(Samples.snapshot(.dialling), at: 0))) == ["dialling key-0001"])
        #expect(session.dialFinished(Samples.key, fault: nil) == [])
        #expect(states(session.heard(.call(Samples.snapshot(.ended), at: 0))) == ["ended key-0001"])
    }

    @Test("The same key sent again while it is on its way starts nothing")
    func resent() {
        var session = joined()
        #expect(session.received(Samples.bytes(Self.dial), now: .zero).count == 1)
        #expect(session.received(Samples.bytes(Self.dial), now: .zero) == [])
    }

    @Test("A call that others asked for is told without a key")
    func othersCall() {
        var session = joined()
        #expect(states(session.heard(.call(Samples.snapshot(.ringing, load: Samples.otherLoad), at: 0))) == ["ringing -"])
    }

    @Test("What was told of a call is never taken back")
    func monotonic() {
        var session = joined()
        #expect(states(session.heard(.call(Samples.snapshot(.answered), at: 0))) == ["answered -"])
        #expect(session.heard(.call(Samples.snapshot(.ringing), at: 0)) == [])
        #expect(session.heard(.call(Samples.snapshot(.answered), at: 0)) == [])
        #expect(states(session.heard(.call(Samples.snapshot(.ended), at: 0))) == ["ended -"])
        #expect(session.heard(.call(Samples.snapshot(.answered), at: 0)) == [])
    }

    @Test("Early media while it rings is news")
    func earlyMedia() {
        var session = joined()
        #expect(session.heard(.call(Samples.snapshot(.ringing), at: 0)).count == 1)
        #expect(session.heard(.call(Samples.snapshot(.ringing, earlyMedia: true), at: 0)).count == 1)
    }

    @Test("A dial without a key gets the load's own, each time the same")
    func automaticKey() {
        var session = joined()
        guard case .start(.dial(let request))? = session.received(Samples.bytes(#"{"type":"dial","number":"600"}"#), now: .zero).first else {
            Issue.record("no dial")
            return
        }
        #expect(request.key == DialKey("auto-" + Samples.load.text))
        #expect(request.origin == .url)
    }

    @Test("A duplicated tab does not ring by its link, but by its button")
    func copy() {
        let copy = Place(peer: Samples.peer, room: Samples.room, load: LoadID("copy-" + Samples.load.text)!)
        var session = joined(place: copy)
        let byLink = session.received(Samples.bytes(#"{"type":"dial","number":"600","key":"key-0001"}"#), now: .zero)
        #expect(states(byLink) == ["not_fired key-0001"])
        #expect(session.received(Samples.bytes(Self.dial), now: .zero).count == 1)
    }

    @Test("Beyond eight dials and hang-ups in flight a page is told to wait")
    func operations() {
        var session = joined()
        for key in 1...8 {
            #expect(session.received(Samples.bytes(#"{"type":"dial","number":"600","key":"key-000\#(key)"}"#), now: .zero).count == 1)
        }
        let hangup = Samples.bytes(#"{"type":"hangup","call":"ca_0123456789abcdef01234567"}"#)
        #expect(codes(session.received(hangup, now: .zero)) == [.atCapacity])
        #expect(session.dialFinished(Samples.key, fault: SignalFault(.noMedia, about: "dial", key: Samples.key)).count == 1)
        #expect(session.received(hangup, now: .zero) == [.start(.hangup(Samples.place, Samples.call, isHost: false))])
    }

    @Test("A host may hang up what others have called, and is told so; a guest's link says nothing", arguments: [LinkRole.host, .guest])
    func host(role: LinkRole) throws {
        var session = SignalSession(now: .zero)
        _ = session.received(Samples.bytes(Self.join), now: .zero)
        var admission = Self.admission
        admission.signed = SignedLink(
            id: try #require(LinkID("ln_0123456789ab")), room: Samples.room, link: RoomLink(), role: role,
            key: try #require(SigningKeyID("sk_0123456789ab")))
        _ = session.joinFinished(.success(admission), now: .zero, wallMilliseconds: 0)
        let hangup = Samples.bytes(#"{"type":"hangup","call":"ca_0123456789abcdef01234567"}"#)
        #expect(session.received(hangup, now: .zero) == [.start(.hangup(Samples.place, Samples.call, isHost: role == .host))])
        let news = session.heard(.call(Samples.snapshot(.answered, load: Samples.otherLoad), at: 0))
        let told = news.compactMap { if case .send(.dialStatus(let status)) = $0 { status.mayHangUp } else { nil } }
        #expect(told == [role == .host])
    }

    // MARK: Roles, digits and chat

    @Test("Digits go out one frame after the other, in their order, and sixteen may wait")
    func digits() throws {
        var session = joined()
        func frame(_ digit: Int) -> [UInt8] { Samples.bytes(#"{"type":"dtmf","call":"\#(Samples.call)","digits":"\#(digit % 10)"}"#) }
        func operation(_ digit: Int) throws -> SignalSession.Action {
            .start(.dtmf(Samples.place, Samples.call, try #require(DTMFDigits("\(digit % 10)")), isHost: false))
        }
        #expect(session.received(frame(0), now: .zero) == [try operation(0)])
        for digit in 1..<16 { #expect(session.received(frame(digit), now: .zero).isEmpty) }
        #expect(codes(session.received(frame(16), now: .zero)) == [.atCapacity])
        for digit in 1..<16 { #expect(session.orderedFinished(fault: nil) == [try operation(digit)]) }
        // One that was refused says so, and holds nothing up.
        #expect(session.received(frame(3), now: .seconds(1)).isEmpty)
        let refused = session.orderedFinished(fault: SignalFault(.notAnswered, about: "dtmf"))
        let next = try operation(3)
        #expect(codes(refused) == [.notAnswered] && refused.last == next)
    }

    private static let orders = [
        #"{"type":"mute","peer":"pe_000000000000000000000002","on":true}"#, #"{"type":"kick","peer":"pe_000000000000000000000002"}"#,
        #"{"type":"lock","on":true}"#, #"{"type":"end"}"#,
    ]

    @Test("What only a host may is refused to a guest", arguments: orders)
    func guest(order: String) {
        var session = joined()
        #expect(codes(session.received(Samples.bytes(order), now: .zero)) == [.forbidden])
    }

    @Test("A host's orders are carried out one after the other, sixteen may wait", arguments: orders)
    func ordered(order: String) throws {
        var session = SignalSession(now: .zero)
        _ = session.received(Samples.bytes(Self.join), now: .zero)
        var admission = Self.admission
        admission.isLocked = true
        admission.signed = SignedLink(
            id: try #require(LinkID("ln_0123456789ab")), room: Samples.room, link: RoomLink(), role: .host,
            key: try #require(SigningKeyID("sk_0123456789ab")))
        let welcome = session.joinFinished(.success(admission), now: .zero, wallMilliseconds: 0)
        guard case .send(.welcome(let told))? = welcome.first else { throw Unexpected() }
        #expect(told.isHost && told.isLocked)
        guard case .start(.moderate(Samples.place, let moderation))? = session.received(Samples.bytes(order), now: .zero).first else {
            throw Unexpected()
        }
        #expect(order.contains(#""type":"\#(moderation.type)""#))
        for _ in 1..<16 { #expect(session.received(Samples.bytes(order), now: .zero).isEmpty) }
        #expect(codes(session.received(Samples.bytes(order), now: .zero)) == [.atCapacity])
        let next = session.orderedFinished(fault: SignalFault(.unknownParticipant, about: "mute"))
        #expect(codes(next) == [.unknownParticipant] && next.last == .start(.moderate(Samples.place, moderation)))
        for _ in 2..<16 { #expect(session.orderedFinished(fault: nil).count == 1) }
        #expect(session.orderedFinished(fault: nil).isEmpty)
    }

    private struct Unexpected: Error {}

    @Test("Anybody may write, and messages leave in the order in which they came")
    func chat() {
        var session = joined()
        func write(_ text: String) -> [SignalSession.Action] { session.received(Samples.bytes(#"{"type":"chat","text":"\#(text)"}"#), now: .zero) }
        func start(_ text: String) -> [SignalSession.Action] { [.start(.chat(Samples.place, name: "Ada", ChatText(text)!))] }
        #expect(write("one") == start("one") && write("two") == [] && write("three") == [])
        #expect(session.orderedFinished(fault: nil) == start("two"))
        #expect(session.orderedFinished(fault: SignalFault(.tooManyMessages, about: "chat")).last == start("three").last)
        #expect(session.orderedFinished(fault: nil) == [])
        let message = ChatMessage(from: Samples.otherPeer, name: "Bob", text: ChatText("Hi")!, at: 7)
        #expect(session.heard(.chat(message)) == [.send(.chat(message))])
    }

    // MARK: Switches

    @Test("Of switches that change quickly the last one reaches the bridge")
    func updates() {
        var session = joined()
        func update(_ microphone: Bool) -> [UInt8] { Samples.bytes(#"{"type":"update","microphone":\#(microphone),"camera":false}"#) }
        let on = Switches(microphone: true, camera: false)
        let off = Switches(microphone: false, camera: false)
        #expect(session.received(update(true), now: .zero) == [.start(.update(Samples.place, on))])
        #expect(session.received(update(true), now: .zero) == [])
        #expect(session.received(update(false), now: .zero) == [])
        #expect(session.updateFinished(fault: nil) == [.start(.update(Samples.place, off))])
        #expect(session.updateFinished(fault: nil) == [])
        #expect(session.received(update(true), now: .zero).count == 1)
    }

    @Test("What a bridge that was away did not take is begun again, the newest of it, and said once")
    func awayBridge() {
        var session = joined()
        func view(_ show: String) -> [UInt8] { Samples.bytes(#"{"type":"view","show":[\#(show)]}"#) }
        let bob = TrackSource(participant: .peer(Samples.otherPeer), kind: .video)
        func start(_ view: [TrackSource]) -> SignalSession.Action { .start(.view(Samples.place, view)) }
        let away = SignalFault(.bridgeUnavailable, about: "view")
        #expect(session.received(view(""), now: .zero) == [start([])])
        #expect(session.viewFinished(fault: away) == [.send(.error(away)), start([])])
        #expect(session.viewFinished(fault: away) == [start([])])
        #expect(session.received(view(#"{"participant":"\#(Samples.otherPeer)","kind":"video"}"#), now: .zero) == [])
        #expect(session.viewFinished(fault: away) == [start([bob])])
        #expect(session.viewFinished(fault: nil) == [])
        // What the bridge itself refuses is over.
        let unknown = SignalFault(.unknownParticipant, about: "update")
        #expect(session.received(Samples.bytes(#"{"type":"update","microphone":true,"camera":true}"#), now: .zero).count == 1)
        #expect(session.updateFinished(fault: unknown) == [.send(.error(unknown))])
        // Nobody is there any more for whom it could be repeated.
        #expect(session.received(view(""), now: .zero) == [start([])])
        session.disconnected()
        #expect(session.viewFinished(fault: away) == [])
    }

    // MARK: Setting up

    private func joined(now: Duration = .zero, place: Place = Samples.place) -> SignalSession {
        var session = SignalSession(now: now)
        _ = session.received(Samples.bytes(Self.join), now: now)
        var admission = Self.admission
        admission.place = place
        _ = session.joinFinished(.success(admission), now: now, wallMilliseconds: 0)
        return session
    }

    private func codes(_ actions: [SignalSession.Action]) -> [ProblemCode] {
        actions.compactMap { if case .send(.error(let fault)) = $0 { fault.problem.code } else { nil } }
    }

    private func states(_ actions: [SignalSession.Action]) -> [String] {
        actions.compactMap { if case .send(.dialStatus(let status)) = $0 { "\(status.state) \(status.key?.text ?? "-")" } else { nil } }
    }
}

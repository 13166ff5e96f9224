import Domain
import Foundation
import Testing

/// What crosses between the wings survives JSON, and what is not valid does not come in that way.
@Suite("The values between the wings in JSON")
struct BridgeCodableTests {
    static let participant = Participant(id: .call(Sample.call), kind: .phone, name: "Zoë <b>", microphone: true, camera: false)
    static let announcement = Announcement(text: "Grüß Gott 👋", language: "de", leadSilenceMilliseconds: 500, loop: true, maximumSeconds: 60)

    private func roundTrip<Value: Codable & Equatable>(_ value: Value) throws {
        let json = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(Value.self, from: json) == value)
    }

    @Test(
        "Every command survives",
        arguments: [
            BridgeCommand.join(JoinCommand(room: Sample.room, peer: Sample.peer, name: DisplayName("王小明")!, load: Sample.copy)),
            .leave(room: Sample.room, peer: Sample.peer), .socketLost(room: Sample.room, peer: Sample.peer),
            .offer(room: Sample.room, peer: Sample.peer, sdp: "v=0\r\n\"\u{0}\\"),
            .update(room: Sample.room, peer: Sample.peer, Switches(microphone: true, camera: false)),
            .dial(DialCommand(call: Sample.call, room: Sample.room, target: .echo, label: "Echo", graceSeconds: 10, maximumSeconds: 7200)),
            .dial(
                DialCommand(
                    call: Sample.call, room: Sample.room, target: .announcement(announcement), label: "", graceSeconds: 0, maximumSeconds: .max)),
            .dial(
                DialCommand(
                    call: Sample.call, room: Sample.room, target: .trunks(TrunkRoute(number: "+49301234567", trunks: [Sample.trunk])), label: "",
                    graceSeconds: 0, maximumSeconds: 60, ringSeconds: 30, peer: Sample.peer)),
            .dial(
                DialCommand(
                    call: Sample.call, room: Sample.room, target: .registered(extension: "610"), label: "", graceSeconds: 0, maximumSeconds: 60)),
            .hangup(call: Sample.call, by: .operatorRequest), .configure(.none), .configure(Sample.setup),
            .trunkReport(Sample.trunk), .testTrunk(Sample.trunk),
        ])
    func commands(command: BridgeCommand) throws {
        try roundTrip(command)
        try roundTrip(CommandRequest(id: Sample.nonce.text, epoch: .max, expiresAtMilliseconds: .max, command: command))
    }

    @Test(
        "Every answer survives",
        arguments: [
            BridgeAnswer.joined(participants: [participant], isLocked: true), .joined(participants: [], isLocked: false), .accepted,
            .answered(
                sdp: "v=0\r\n",
                sections: MediaSections(audio: 2, video: 1, tracks: ["1": TrackSource(participant: .peer(Sample.peer), kind: .video)])),
            .refused(.nobodyThere), .refused(.internalError), .refused(.unknownTrunk),
            .trunk(
                TrunkReport(state: .down, since: 5, check: TrunkCheck(at: 5, status: 503, obstacle: .unavailable), calls: 3, callsInLastSecond: 1)),
        ])
    func answers(answer: BridgeAnswer) throws {
        try roundTrip(answer)
    }

    @Test(
        "Every event survives",
        arguments: [
            BridgeEvent.Change.participantJoined(room: Sample.room, participant), .participantUpdated(room: Sample.room, participant),
            .participantLeft(room: Sample.room, .peer(Sample.peer)), .roomEnded(room: Sample.room), .callDialling(room: Sample.room),
            .callRinging(room: Sample.room, earlyMedia: true),
            .callAttempted(
                room: Sample.room,
                CallAttempt(
                    trunk: Sample.trunk, startedAt: 1, endedAt: .max, sipStatus: 503, q850Cause: 34, detail: "The carrier has no channel free.")),
            .callAnswered(room: Sample.room),
            .callEnded(
                room: Sample.room, CallEnding(outcome: .noAnswer, by: .limit, detail: "Nobody.", sipStatus: 487, q850Cause: 19, talkSeconds: 0)),
            .callEnded(room: Sample.room, CallEnding(outcome: .completed, by: .phone, detail: "", talkSeconds: 3)),
            .trunkUp(TrunkCheck(at: 1, status: 200, roundTripMicroseconds: 900)), .trunkDown(TrunkCheck(at: .max, obstacle: .noAddress)),
        ])
    func events(change: BridgeEvent.Change) throws {
        for stream in [BridgeEvent.Stream.room(Sample.room), .call(Sample.call), .trunk(Sample.trunk)] {
            let event = BridgeEvent(position: .max, stream: stream, sequence: 1, atMilliseconds: .max, change: change)
            try roundTrip(EventsAnswer(events: [event], signals: []))
        }
    }

    @Test(
        "Every signal survives",
        arguments: [
            BridgeSignal.sections(room: Sample.room, peer: Sample.peer, MediaSections(audio: 1, video: 0, tracks: [:])),
            .speaking(room: Sample.room, [.peer(Sample.peer), .call(Sample.call)]), .speaking(room: Sample.room, []),
        ])
    func signals(signal: BridgeSignal) throws {
        try roundTrip(EventsAnswer(events: [], signals: [signal]))
    }

    @Test("The greeting and the poll survive")
    func exchange() throws {
        try roundTrip(HelloRequest(api: "web-1", setup: Sample.setup))
        try roundTrip(
            HelloAnswer(
                bridge: "br_1", epoch: .max, build: "1.0", liveCalls: [Sample.call],
                rooms: [RoomRoster(room: Sample.room, participants: [Self.participant])], formerEpochs: [1, .max]))
        try roundTrip(EventsRequest(epoch: 0, acknowledged: .max, waitMilliseconds: 20_000))
        try roundTrip(EventsRequest(epoch: 2, acknowledged: 0, waitMilliseconds: 0, former: 1))
    }

    @Test(
        "A value that breaks its rule does not come in by JSON",
        arguments: [
            #"{"leave":{"room":"a/b","peer":"pe_0123456789abcdef01234567"}}"#, #"{"leave":{"room":"a","peer":"pe_0123"}}"#,
            #"{"leave":{"room":"a"}}"#, #"{"hangup":{"call":"ca_0123456789abcdef01234567","by":"nobody"}}"#, #"{"explode":{}}"#, "{}", "[]", "null",
        ])
    func invalid(json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(BridgeCommand.self, from: Data(json.utf8)) }
    }
}

import Bridge
import Domain
import Testing
import VirtualNetwork

@Suite("The events that wait for the web side")
struct EventLogTests {
    private static func joined(_ number: Int) -> (BridgeEvent.Stream, BridgeEvent.Change) {
        let participant = Participant(id: .peer(Sample.peer(number)), kind: .browser, name: "Ada", microphone: true, camera: false)
        return (.room(Sample.room), .participantJoined(room: Sample.room, participant))
    }

    @Test("They come in order, page by page, until they are acknowledged")
    func paging() async {
        let log = EventLog()
        for number in 0..<600 { log.append([Self.joined(number)], signals: [], at: Int64(number)) }
        let first = await log.next(acknowledged: 0, wait: .zero)
        #expect(first.events.map(\.position) == Array(1...256))
        // Not acknowledged: the same again.
        #expect(await log.next(acknowledged: 0, wait: .zero).events.map(\.position) == Array(1...256))
        #expect(await log.next(acknowledged: 100, wait: .zero).events.map(\.position) == Array(101...356))
        #expect(await log.next(acknowledged: 599, wait: .zero).events.map(\.position) == [600])
        #expect(await log.next(acknowledged: 600, wait: .zero).events.isEmpty)
        // An old acknowledgement that comes late brings nothing back.
        #expect(await log.next(acknowledged: 3, wait: .zero).events.isEmpty)
        log.append([Self.joined(1)], signals: [], at: 0)
        #expect(await log.next(acknowledged: 600, wait: .zero).events.map(\.position) == [601])
    }

    @Test("A call's stream counts from 1, a room's that opens again and a trunk's use no number twice", arguments: 1...4 as ClosedRange<UInt64>)
    func sequences(seed: UInt64) async {
        var random = SeededGenerator(seed: seed)
        let log = EventLog()
        var names: Set<String> = []
        var last: [BridgeEvent.Stream: UInt64] = [:]
        var acknowledged: UInt64 = 0
        for step in 0..<3_000 {
            let room = RoomSlug("room-\(Int.random(in: 0..<5, using: &random))")!
            let call = Sample.call(step)
            let ending = CallEnding(outcome: .completed, by: .user, detail: "", talkSeconds: 0)
            switch Int.random(in: 0..<5, using: &random) {
            case 4: log.append([(.trunk(DeskRig.id(step % 3)), .trunkUp(TrunkCheck(at: 0)))], signals: [], at: 0)
            case 0: log.append([(.room(room), .roomEnded(room: room))], signals: [], at: 0)
            case 1: log.append([(.call(call), .callDialling(room: room)), (.call(call), .callEnded(room: room, ending))], signals: [], at: 0)
            default: log.append([(.room(room), .participantLeft(room: room, .call(call)))], signals: [], at: 0)
            }
            for event in await log.next(acknowledged: acknowledged, wait: .zero).events {
                acknowledged = event.position
                #expect(names.insert("\(event.stream) \(event.sequence)").inserted)
                #expect(event.sequence > last[event.stream] ?? 0)
                if case .call = event.stream { #expect(event.sequence == (last[event.stream] ?? 0) + 1) }
                last[event.stream] = event.sequence
            }
        }
        #expect(last.count > 500)
    }

    @Test("Of the signals about one subject only the newest is told, and once")
    func signals() async {
        let log = EventLog()
        let phone = ParticipantID.call(Sample.call(1))
        for count in 0..<3 {
            log.append([], signals: [.speaking(room: Sample.room, Array(repeating: phone, count: count))], at: 0)
            log.append(
                [], signals: [.sections(room: Sample.room, peer: Sample.peer(count % 2), MediaSections(audio: count, video: 0, tracks: [:]))], at: 0)
        }
        log.append([], signals: [.speaking(room: Sample.otherRoom, [])], at: 0)
        let told = await log.next(acknowledged: 0, wait: .zero).signals
        #expect(told.count == 4)
        #expect(told.contains(.speaking(room: Sample.room, [phone, phone])))
        #expect(told.contains(.sections(room: Sample.room, peer: Sample.peer(0), MediaSections(audio: 2, video: 0, tracks: [:]))))
        #expect(told.contains(.sections(room: Sample.room, peer: Sample.peer(1), MediaSections(audio: 1, video: 0, tracks: [:]))))
        #expect(await log.next(acknowledged: 0, wait: .zero).signals.isEmpty)
    }

    @Test("Who waits is woken by what comes, and by the end of the bridge")
    func waiting() async {
        let log = EventLog()
        async let waiting = log.next(acknowledged: 0, wait: .seconds(20))
        log.append([Self.joined(1)], signals: [], at: 5)
        #expect(await waiting.events.map(\.position) == [1])
        async let end = log.next(acknowledged: 1, wait: .seconds(20))
        // It may not wait yet: then the release has to come again.
        while !log.hasWaiters { await Task.yield() }
        log.releaseAll()
        #expect(await end == EventsAnswer(events: [], signals: []))
    }

    @Test("A full log says that it has no room, and drops nothing")
    func full() async {
        let log = EventLog()
        log.append(Array(repeating: Self.joined(1), count: EventLog.capacity - 1), signals: [], at: 0)
        #expect(log.hasRoom)
        log.append([Self.joined(1), Self.joined(2)], signals: [], at: 0)
        #expect(!log.hasRoom)
        #expect(await log.next(acknowledged: UInt64(EventLog.capacity), wait: .zero).events.map(\.position) == [UInt64(EventLog.capacity) + 1])
        #expect(log.hasRoom)
    }
}

import Bridge
import Domain
import Testing
import VirtualBrowser
import VirtualNetwork

/// Thousands of inputs in any order: whatever happens, the books of what was told are right.
@Suite("Rooms under random inputs")
struct RandomRoomsTests {
    private static let rooms = (0..<4).map { RoomSlug("room-\($0)")! }

    @Test("Every call gets exactly one end, and nobody leaves who had not joined or joins twice", arguments: 1...4 as ClosedRange<UInt64>)
    func books(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let rig = RoomRig(seed: seed)
        var books = Books()
        var dialled = 0
        for _ in 0..<1_500 {
            let number = Int.random(in: 1...12, using: &random)
            let room = Self.rooms.randomElement(using: &random)!
            let known = rig.visitors.filter { $0.peer == Sample.peer(number) && $0.room == room }.last
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<4: rig.perform(Sample.join(number, room: room, name: Bool.random(using: &random) ? "Ada" : "Grace"))
            case 4, 5:
                if rig.perform(Sample.join(number, room: room)).isJoined {
                    let browser = VirtualBrowser(plain: UInt16(truncatingIfNeeded: rig.visitors.count + 1))
                    rig.connectMedia(of: rig.visit(number, room: room, browser: browser))
                }
            case 6: rig.perform(.leave(room: room, peer: Sample.peer(number)))
            case 7: rig.perform(.socketLost(room: room, peer: Sample.peer(number)))
            case 8: if let known { rig.closeMedia(of: known) }
            case 9: known?.isSilent = true
            case 10: if let known { rig.negotiate(known, restart: Int.random(in: 0..<5, using: &random)) }
            case 11: rig.perform(.update(room: room, peer: Sample.peer(number), Switches(microphone: .random(using: &random), camera: false)))
            case 12..<15:
                dialled += 1
                // Sometimes the same call again, also after its end.
                let call = Int.random(in: max(1, dialled - 3)...dialled, using: &random)
                guard !books.ended.contains(Sample.call(call)) else { break }
                let target = Bool.random(using: &random) ? DialRoute.echo : Sample.announcement(leadSilence: 40)
                let grace = Int.random(in: 0...3, using: &random)
                let answer = rig.perform(Sample.dial(call, room: room, to: target, grace: grace, maximum: Int.random(in: 1...20, using: &random)))
                if answer == .accepted { books.accepted.insert(Sample.call(call)) }
            case 15:
                if let call = rig.speech.randomElement(using: &random) {
                    rig.deliver(speech: Bool.random(using: &random) ? [UInt8](repeating: 0x30, count: 1_600) : nil, of: call, room: room)
                }
            case 16: rig.perform(.hangup(call: Sample.call(Int.random(in: 1...max(1, dialled), using: &random)), by: .user))
            case 17: rig.run(for: .seconds(Int.random(in: 1...20, using: &random)))
            default: rig.run(for: .milliseconds(Int.random(in: 1...2_000, using: &random)))
            }
            books.enter(rig)
        }
        rig.shutDown()
        books.enter(rig)

        #expect(books.faults.isEmpty, "\(books.faults.prefix(5))")
        #expect(books.present.isEmpty)
        #expect(books.rooms.isEmpty)
        #expect(books.ended == books.accepted)
        #expect(books.ended.count > 50)
        #expect(rig.table.isEmpty)
    }

    /// What the web side would believe.
    private struct Books {
        var present: Set<String> = []
        var rooms: Set<RoomSlug> = []
        var accepted: Set<CallID> = []
        var ended: Set<CallID> = []
        var faults: [String] = []

        mutating func enter(_ rig: RoomRig) {
            for (stream, change) in rig.events {
                if case .call(let call) = stream {
                    if ended.contains(call) { faults.append("told of after its end: \(change)") }
                    if change.isEnd { ended.insert(call) }
                }
                enter(change)
            }
            _ = rig.takeChanges()
        }

        private mutating func enter(_ change: BridgeEvent.Change) {
            switch change {
            case .participantJoined(let room, let participant):
                rooms.insert(room)
                if !present.insert("\(room) \(participant.id)").inserted { faults.append("joined twice: \(change)") }
            case .participantUpdated(let room, let participant):
                if !present.contains("\(room) \(participant.id)") { faults.append("updated without being there: \(change)") }
            case .participantLeft(let room, let id):
                if present.remove("\(room) \(id)") == nil { faults.append("left without being there: \(change)") }
            case .roomEnded(let room):
                if rooms.remove(room) == nil { faults.append("ended twice: \(change)") }
                if present.contains(where: { $0.hasPrefix("\(room) ") }) { faults.append("ended with people in it: \(change)") }
            case .callDialling, .callRinging, .callAttempted, .callAnswered, .callEnded, .trunkUp, .trunkDown: break
            }
        }
    }

    @Test("Every call's stream is dialling, at most one answer, and one end", arguments: 1...6 as ClosedRange<UInt64>)
    func streams(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let rig = RoomRig(seed: seed)
        var output: [CallID: [String]] = [:]
        for number in 1...40 {
            let visitor = rig.connect(number)
            rig.perform(Sample.dial(number, to: Bool.random(using: &random) ? .echo : Sample.announcement(), grace: 0, maximum: 2))
            if Bool.random(using: &random) { rig.deliver(speech: [UInt8](repeating: 0x30, count: 320), of: Sample.call(number)) }
            if Bool.random(using: &random) { rig.perform(.hangup(call: Sample.call(number), by: .user)) }
            rig.run(for: .seconds(Int.random(in: 0...3, using: &random)))
            rig.perform(.leave(room: Sample.room, peer: visitor.peer))
            rig.run(for: .milliseconds(200))
            output[Sample.call(number)] = rig.takeChanges().map(\.word).filter { !$0.hasPrefix("joined") && !$0.hasPrefix("left") && $0 != "over" }
        }
        for course in output.values {
            #expect(course.first == "dialling")
            #expect(course.filter { $0.hasPrefix("ended") }.count == 1)
            #expect(course.last?.hasPrefix("ended") == true)
            #expect(course.count == 2 || course.count == 3 && course[1] == "answered")
        }
    }
}

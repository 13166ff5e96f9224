import Bridge
import Domain
import Foundation
import Logging
import Testing
import VirtualNetwork

/// A crash is the next start's reading of the file while nobody has closed it.
@Suite("The events that outlive a bridge")
struct EventJournalTests {
    private let file: TestFile
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() throws { file = try TestFile() }

    private func start(_ epoch: UInt64, limit: Int = 2 * EventLog.capacity) throws -> EventLog {
        EventLog(epoch: epoch, journal: try EventJournal(path: file.path, epoch: epoch, limit: limit, logger: quiet))
    }

    private func left(before epoch: UInt64 = .max) throws -> [EventJournal.Former] {
        try EventJournal(path: file.path, epoch: epoch, logger: quiet).former
    }

    private static func ended(_ call: Int) -> (BridgeEvent.Stream, BridgeEvent.Change) {
        let ending = CallEnding(outcome: .completed, by: .phone, detail: "The far end hung up.", talkSeconds: call)
        return (.call(Sample.call(call)), .callEnded(room: Sample.room, ending))
    }

    private static func event(_ position: UInt64, at: Int64 = 0) -> BridgeEvent {
        let (stream, change) = ended(Int(position))
        return BridgeEvent(position: position, stream: stream, sequence: 1, atMilliseconds: at, change: change)
    }

    @Test("What nobody has acknowledged is there after a crash, under the epoch that it happened in")
    func crash() async throws {
        let first = try start(1)
        for call in 1...10 { first.append([Self.ended(call)], signals: [], at: Int64(call)) }
        _ = await first.next(acknowledged: 4, wait: .zero)

        let second = try start(2)
        #expect(second.formerEpochs == [1])
        #expect(second.next(of: 1, acknowledged: 0) == EventsAnswer(events: (5...10).map { Self.event($0, at: Int64($0)) }, signals: []))
        // Not acknowledged: the same again, and it is none of the new epoch's.
        #expect(second.next(of: 1, acknowledged: 0).events.count == 6)
        #expect(await second.next(acknowledged: 0, wait: .zero).events.isEmpty)
        #expect(second.next(of: 1, acknowledged: 9).events == [Self.event(10, at: 10)])
        #expect(second.next(of: 1, acknowledged: 10).events.isEmpty)
        #expect(second.formerEpochs == [])
        #expect(second.next(of: 1, acknowledged: 0).events.isEmpty)
        #expect(second.next(of: 77, acknowledged: 0).events.isEmpty)
        #expect(try left() == [])
    }

    @Test("A second crash before the acknowledgement keeps the events of both lives, and what was acknowledged of one stays so")
    func twice() async throws {
        let first = try start(8)
        first.append([Self.ended(1), Self.ended(2)], signals: [], at: 0)
        // The clock went back: an epoch is a name.
        let second = try start(5)
        second.append([Self.ended(1), Self.ended(2), Self.ended(3)], signals: [], at: 0)
        #expect(second.next(of: 8, acknowledged: 1).events == [Self.event(2)])
        _ = await second.next(acknowledged: 2, wait: .zero)

        let third = try start(9)
        #expect(third.formerEpochs == [8, 5])
        #expect(third.next(of: 8, acknowledged: 0).events == [Self.event(2)])
        #expect(third.next(of: 5, acknowledged: 0).events == [Self.event(3)])
        #expect(third.next(of: 5, acknowledged: 3).events.isEmpty)
        #expect(third.formerEpochs == [8])
        #expect(try left() == [EventJournal.Former(epoch: 8, events: [Self.event(2)])])
    }

    @Test("Half a line and lines that are no events are passed over, and take no other with them")
    func unreadable() async throws {
        let first = try start(1)
        first.append([Self.ended(1)], signals: [], at: 0)
        var text = file.text
        text += "nonsense\n{}\n{\"epoch\":1}\n{\"epoch\":1,\"event\":{\"position\":2}}\n\u{0}\n"
        let whole = text
        first.append([Self.ended(2)], signals: [], at: 0)
        let second = file.text.dropFirst(file.text.distance(from: file.text.startIndex, to: file.text.firstIndex(of: "\n")!) + 1)
        file.text = whole + second + second.prefix(40)
        #expect(try left() == [EventJournal.Former(epoch: 1, events: [Self.event(1), Self.event(2)])])
    }

    @Test("When everything is acknowledged the file is empty")
    func empty() async throws {
        let log = try start(1)
        for round in 1...100 as ClosedRange<UInt64> {
            log.append([Self.ended(Int(round))], signals: [], at: 0)
            #expect(!file.text.isEmpty)
            _ = await log.next(acknowledged: round, wait: .zero)
            #expect(file.text.isEmpty)
        }
    }

    @Test("A web side that is always one event behind does not make the file grow")
    func bounded() async throws {
        let log = try start(1)
        var largest = 0
        for round in 1...12_000 as ClosedRange<UInt64> {
            log.append([Self.ended(Int(round))], signals: [], at: 0)
            _ = await log.next(acknowledged: round - 1, wait: .zero)
            if round.isMultiple(of: 500) { largest = max(largest, file.text.utf8.count) }
        }
        #expect(largest > 100_000 && largest < 1_300_000, "\(largest)")
        #expect(try left() == [EventJournal.Former(epoch: 1, events: [Self.event(12_000)])])
    }

    @Test("Beyond the limit the newest are kept, and a log that is full of the past takes no new work")
    func limit() async throws {
        let first = try start(1)
        first.append((1...50).map(Self.ended), signals: [], at: 0)
        let second = try start(2, limit: 20)
        #expect(second.next(of: 1, acknowledged: 0).events == (31...50).map { Self.event($0) })
        second.append(Array(repeating: Self.ended(1), count: EventLog.capacity - 20), signals: [], at: 0)
        #expect(!second.hasRoom)
        _ = second.next(of: 1, acknowledged: 31)
        #expect(second.hasRoom)
    }

    @Test("Whatever is acknowledged, and whenever it is killed, no event is lost and none comes back", arguments: 1...6 as ClosedRange<UInt64>)
    func random(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var expected: [(epoch: UInt64, positions: [UInt64])] = []
        for epoch in 1...12 as ClosedRange<UInt64> {
            let log = try start(epoch)
            #expect(log.formerEpochs == expected.map(\.epoch))
            var (position, waiting): (UInt64, [UInt64]) = (0, [])
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                switch Int.random(in: 0..<4, using: &random) {
                case 0 where !expected.isEmpty:
                    let index = Int.random(in: expected.indices, using: &random)
                    let upTo = expected[index].positions.randomElement(using: &random) ?? 0
                    expected[index].positions.removeAll { $0 <= upTo }
                    let rest = log.next(of: expected[index].epoch, acknowledged: upTo).events.map(\.position)
                    #expect(rest == Array(expected[index].positions.prefix(EventsAnswer.page)))
                    expected.removeAll(where: \.positions.isEmpty)
                case 1:
                    let upTo = waiting.randomElement(using: &random) ?? 0
                    waiting.removeAll { $0 <= upTo }
                    _ = await log.next(acknowledged: upTo, wait: .zero)
                default:
                    let count = UInt64.random(in: 1...5, using: &random)
                    log.append((1...Int(count)).map { Self.ended($0 + Int(position)) }, signals: [], at: 0)
                    waiting += (position + 1)...(position + count)
                    position += count
                }
            }
            if !waiting.isEmpty { expected.append((epoch, waiting)) }
        }
        #expect(try left().map { "\($0.epoch) \($0.events.map(\.position))" } == expected.map { "\($0.epoch) \($0.positions)" })
    }
}

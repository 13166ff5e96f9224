import Domain
import Foundation
import Logging

/// The durable events that nobody has acknowledged yet, in a file: what a bridge that was killed leaves to its successor, so that a call
/// that had ended is not told as lost.
///
/// Events are written in the order of their positions, before anybody may read them; marks between them say up to where they are
/// acknowledged. It belongs to its `EventLog`, under whose lock it works.
package final class EventJournal {
    /// What one earlier start has left, in order of position.
    package struct Former: Sendable, Equatable {
        package var epoch: UInt64
        package var events: [BridgeEvent]

        package init(epoch: UInt64, events: [BridgeEvent]) {
            self.epoch = epoch
            self.events = events
        }
    }

    /// One line: an event of an epoch, or the position up to which that epoch's are acknowledged.
    private struct Line: Codable {
        var epoch: UInt64
        var event: BridgeEvent?
        var acknowledged: UInt64?
    }

    /// An unacknowledged line of the file.
    private struct Entry {
        var epoch: UInt64
        var position: UInt64
        /// Where it begins, counted from the first byte that was ever in the file.
        var start: Int
    }

    /// What is read at most, in bytes: a log that is full, twice over.
    private static let longest = 128 << 20
    /// Bytes of the past that are worth a new file.
    private static let compaction = 1 << 20

    /// What earlier starts have left, the oldest first.
    package let former: [Former]
    private let epoch: UInt64
    private let file: JournalFile
    private let logger: Logger
    private let encoder = JSONEncoder()
    private var entries: [Entry]
    /// The first of `entries` that is still one.
    private var head = 0
    private var acknowledged: [UInt64: UInt64] = [:]
    /// Bytes that were dropped from the file's beginning.
    private var dropped = 0
    /// So that a full disk is one line in the log.
    private var isFailing = false

    /// Opens the journal at `path`, and reads what former processes left in it.
    ///
    /// - Parameters:
    ///   - epoch: of this start.
    ///   - limit: events of former starts that are kept, the newest: an end is worth more than how it came to it.
    /// - Throws: `BridgeStartError` if it cannot be read or written: without it a crash could lose how a call ended.
    package init(path: String, epoch: UInt64, limit: Int = 2 * EventLog.capacity, logger: Logger) throws(BridgeStartError) {
        self.epoch = epoch
        self.logger = logger
        var read = Self.read(try JournalFile.lines(at: path, limit: Self.longest), epoch: epoch)
        if read.unreadable > 0 { logger.error("lines of the event journal not readable", metadata: ["lines": "\(read.unreadable)"]) }
        if read.lines.count > limit {
            logger.error("events of former processes forgotten, they are too many", metadata: ["events": "\(read.lines.count - limit)"])
            read.lines.removeFirst(read.lines.count - limit)
        }
        file = try JournalFile(path: path, lines: read.lines.map(\.text))
        var former: [Former] = []
        var places: [UInt64: Int] = [:]
        var start = 0
        entries = []
        for (text, epoch, event) in read.lines {
            if places[epoch] == nil {
                places[epoch] = former.count
                former.append(Former(epoch: epoch, events: []))
            }
            if let place = places[epoch] { former[place].events.append(event) }
            entries.append(Entry(epoch: epoch, position: event.position, start: start))
            start += text.count + 1
        }
        self.former = former
        if !former.isEmpty {
            logger.notice("events of former processes found", metadata: ["events": "\(read.lines.count)", "starts": "\(former.count)"])
        }
    }

    private struct Reading {
        var lines: [(text: Data, epoch: UInt64, event: BridgeEvent)] = []
        var unreadable = 0
    }

    /// What is not acknowledged of `lines`. A line that cannot be read takes no other with it.
    private static func read(_ lines: [Data], epoch current: UInt64) -> Reading {
        let decoder = JSONDecoder()
        var reading = Reading()
        var acknowledged: [UInt64: UInt64] = [:]
        for text in lines {
            // Two starts within one millisecond would share their names for events; the clock makes that impossible, and nothing else does.
            guard let line = try? decoder.decode(Line.self, from: text), line.epoch != current else {
                reading.unreadable += 1
                continue
            }
            if let event = line.event { reading.lines.append((text, line.epoch, event)) }
            if let position = line.acknowledged { acknowledged[line.epoch] = max(position, acknowledged[line.epoch] ?? 0) }
        }
        reading.lines.removeAll { $0.event.position <= acknowledged[$0.epoch] ?? 0 }
        return reading
    }

    /// Writes down events of this start, together. If that fails they are told all the same: only a crash could lose them now.
    package func append(_ events: ArraySlice<BridgeEvent>) {
        guard !events.isEmpty else { return }
        var bytes: [UInt8] = []
        var fresh: [Entry] = []
        for event in events {
            guard let line = try? encoder.encode(Line(epoch: epoch, event: event)) else { continue }
            fresh.append(Entry(epoch: epoch, position: event.position, start: dropped + file.size + bytes.count))
            bytes += line
            bytes.append(UInt8(ascii: "\n"))
        }
        if note(file.append(bytes)) { entries += fresh }
    }

    /// Forgets the events of `epoch` up to `position`.
    package func acknowledge(_ position: UInt64, of epoch: UInt64) {
        guard position > acknowledged[epoch] ?? 0 else { return }
        acknowledged[epoch] = position
        while head < entries.count, entries[head].position <= acknowledged[entries[head].epoch] ?? 0 { head += 1 }
        if head > entries.count / 2 {
            entries.removeFirst(head)
            head = 0
        }
        let past = (entries.isEmpty ? dropped + file.size : entries[head].start) - dropped
        // With nothing left an empty file says it all; that is what it comes to after nearly every call.
        if entries.isEmpty || (past > Self.compaction && past > file.size - past) {
            if note(file.drop(first: past)) { dropped += past }
        }
        guard !entries.isEmpty, var mark = try? encoder.encode(Line(epoch: epoch, acknowledged: position)) else { return }
        mark.append(UInt8(ascii: "\n"))
        _ = note(file.append(Array(mark)))
    }

    private func note(_ isDone: Bool) -> Bool {
        if !isDone, !isFailing {
            logger.critical("events not written down: a crash now would lose how calls ended")
        }
        isFailing = !isDone
        return isDone
    }
}

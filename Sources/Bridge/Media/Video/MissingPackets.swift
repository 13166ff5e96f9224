import RTP

/// Which packets of a stream are missed, and when each is to be asked for (RFC 4585 section 6.2.1).
///
/// A packet may only be late, so it is asked for a moment after the gap was seen; and again a round trip later, as often as makes sense.
package struct MissingPackets {
    private struct Entry {
        var number: UInt16
        var dueAt: Duration
        var asked = 0
    }

    /// Numbers that are missed at a time; a larger gap is an outage, after which only a whole picture helps.
    static let limit = 128
    /// What reordering is given before a packet counts as missing.
    static let patience = Duration.milliseconds(8)
    /// Requests for one packet. After them its picture is too old to be worth one.
    static let requests = 6

    private var entries: [Entry] = []

    package init() { entries.reserveCapacity(Self.limit) }

    package var isEmpty: Bool { entries.isEmpty }

    /// A gap was seen: the `count` numbers before `newest` have not come.
    ///
    /// - Returns: `false` if that is more than can be asked for: nothing is missed any more, a whole picture is.
    package mutating func miss(_ count: Int, before newest: UInt16, now: Duration) -> Bool {
        guard entries.count + count <= Self.limit else {
            entries.removeAll(keepingCapacity: true)
            return false
        }
        for back in stride(from: count, to: 0, by: -1) {
            entries.append(Entry(number: newest &- UInt16(truncatingIfNeeded: back), dueAt: now + Self.patience))
        }
        return true
    }

    /// It has come after all.
    package mutating func found(_ number: UInt16) {
        if let index = entries.firstIndex(where: { $0.number == number }) { entries.remove(at: index) }
    }

    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    /// What is to be asked for now, as the entries of one NACK.
    ///
    /// - Parameters:
    ///   - roundTrip: how long an answer takes.
    ///   - gaveUp: set when a packet was asked for as often as makes sense, and is missed no more.
    package mutating func due(now: Duration, roundTrip: Duration, gaveUp: inout Bool) -> [RTCPMissing] {
        guard entries.contains(where: { $0.dueAt <= now }) else { return [] }
        let before = entries.count
        entries.removeAll { $0.dueAt <= now && $0.asked >= Self.requests }
        if entries.count < before { gaveUp = true }
        var requests: [RTCPMissing] = []
        for index in entries.indices where entries[index].dueAt <= now {
            entries[index].asked += 1
            entries[index].dueAt = now + max(roundTrip * 5 / 4, .milliseconds(25))
            let number = entries[index].number
            if let last = requests.last, case let step = number &- last.first, (1...16).contains(step) {
                requests[requests.count - 1].following |= 1 << (step - 1)
            } else {
                requests.append(RTCPMissing(first: number, following: 0))
            }
        }
        return requests
    }
}

/// The transit times (arrival minus RTP timestamp) of the last seconds of a stream.
///
/// Only their differences mean anything, since the two clocks have no common zero. All values are ticks of the RTP clock.
struct TransitWindow {
    /// One stretch of 20 ms of media: the extremes of its packets.
    private struct Entry {
        var arrival = 0
        var stretch = 0
        var least = 0
        var most = 0
    }

    /// Six seconds of 20 ms packets.
    private static let capacity = 300

    private var entries = Array(repeating: Entry(), count: capacity)
    private var newest = capacity - 1
    private var count = 0
    private let stretchTicks: Int
    private let horizon: Int

    /// The fastest transit.
    private(set) var base = 0
    /// The transit that all but the slowest hundredth keep to.
    private(set) var high = 0

    init(clockRate: Int) {
        stretchTicks = max(1, clockRate / 50)
        // Longer ago, in pauses with few packets, the clocks' drift would be taken for jitter.
        horizon = 10 * clockRate
    }

    var isEmpty: Bool { count == 0 }

    mutating func removeAll() {
        count = 0
    }

    mutating func insert(transit: Int, timestamp: Int, arrival: Int) {
        let stretch = timestamp / stretchTicks
        if count > 0, entries[newest].stretch == stretch {
            entries[newest].least = min(entries[newest].least, transit)
            entries[newest].most = max(entries[newest].most, transit)
        } else {
            newest = (newest + 1) % Self.capacity
            entries[newest] = Entry(arrival: arrival, stretch: stretch, least: transit, most: transit)
            count = min(count + 1, Self.capacity)
        }
        forget(before: arrival &- horizon)
        measure()
    }

    private mutating func forget(before time: Int) {
        while count > 1, entries[(newest + Self.capacity + 1 - count) % Self.capacity].arrival < time {
            count -= 1
        }
    }

    private mutating func measure() {
        // With at most 300 entries the slowest hundredth are at most three, and the fourth is wanted.
        var slowest = (Int.min, Int.min, Int.min, Int.min)
        var least = Int.max
        for age in 0..<count {
            let entry = entries[newest >= age ? newest - age : newest - age + Self.capacity]
            least = min(least, entry.least)
            guard entry.most > slowest.3 else { continue }
            if entry.most > slowest.0 {
                slowest = (entry.most, slowest.0, slowest.1, slowest.2)
            } else if entry.most > slowest.1 {
                slowest = (slowest.0, entry.most, slowest.1, slowest.2)
            } else if entry.most > slowest.2 {
                slowest = (slowest.0, slowest.1, entry.most, slowest.2)
            } else {
                slowest.3 = entry.most
            }
        }
        base = least
        high =
            switch count / 100 {
            case 0: slowest.0
            case 1: slowest.1
            case 2: slowest.2
            default: slowest.3
            }
    }
}

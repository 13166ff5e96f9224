/// The transit times (arrival minus RTP timestamp) of the last seconds of a stream.
///
/// Only their differences mean anything, since the two clocks have no common zero. All values are ticks of the RTP clock.
package struct TransitWindow {
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
    package private(set) var base = 0
    /// The transit that all but the slowest hundredth keep to.
    package private(set) var high = 0

    package init(clockRate: Int) {
        stretchTicks = max(1, clockRate / 50)
        // Longer ago, in pauses with few packets, the clocks' drift would be taken for jitter.
        horizon = 10 * clockRate
    }

    var isEmpty: Bool { count == 0 }

    mutating func removeAll() {
        count = 0
    }

    package mutating func insert(transit: Int, timestamp: Int, arrival: Int) {
        let stretch = timestamp / stretchTicks
        let rank = count / 100
        // Every packet comes here: the whole window is looked through only when one of its extremes may have changed.
        var mayChange = count == 0 || transit > high
        if count > 0, entries[newest].stretch == stretch {
            entries[newest].least = min(entries[newest].least, transit)
            entries[newest].most = max(entries[newest].most, transit)
        } else {
            if count == Self.capacity, carriesExtreme(oldest) { mayChange = true }
            newest = (newest + 1) % Self.capacity
            entries[newest] = Entry(arrival: arrival, stretch: stretch, least: transit, most: transit)
            count = min(count + 1, Self.capacity)
        }
        while count > 1, entries[oldest].arrival < arrival &- horizon {
            if carriesExtreme(oldest) { mayChange = true }
            count -= 1
        }
        if mayChange || count / 100 != rank {
            measure()
        } else {
            base = min(base, transit)
        }
    }

    private var oldest: Int { (newest + Self.capacity + 1 - count) % Self.capacity }

    /// Whether `base` or `high` could rest on this entry.
    private func carriesExtreme(_ index: Int) -> Bool { entries[index].least == base || entries[index].most >= high }

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

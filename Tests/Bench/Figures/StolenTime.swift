import Foundation
import Linux

/// When the machine below took processors away from this one, by the kernel's own count (`steal` in proc(5), hundredths of a second).
///
/// On a shared virtual machine a thread may stand still for tens of milliseconds, and everything that comes meanwhile waits: that is not what a
/// program adds. Where a kernel counts nothing, every second counts as its own.
struct StolenTime: Sendable {
    private static let window = Duration.milliseconds(250)

    /// The windows in a row, each until when and how much was taken in it.
    private var windows: [(end: Duration, ticks: Int)] = []
    private var began = MonotonicClock.now()

    /// Watches for `time` from now on.
    static func watch(for time: Duration) async throws -> StolenTime {
        var stolen = StolenTime()
        var before = try ticks()
        while MonotonicClock.now() < stolen.began + time {
            try await Task.sleep(for: window)
            let after = try ticks()
            stolen.windows.append((MonotonicClock.now(), after - before))
            before = after
        }
        return stolen
    }

    /// Whether nothing was taken around `instant`: in its window and in the two before, since what has waited is worked off only slowly.
    func isFree(at instant: Duration) -> Bool {
        guard instant >= began, let index = windows.firstIndex(where: { instant < $0.end }) else { return false }
        return windows[max(0, index - 2)...index].allSatisfy { $0.ticks == 0 }
    }

    /// The part of the time in which that was so.
    var freeShare: Double {
        guard !windows.isEmpty else { return 0 }
        return Double(windows.count { isFree(at: $0.end - .milliseconds(1)) }) / Double(windows.count)
    }

    private static func ticks() throws -> Int {
        // Of all processors together: the first line.
        let fields = try String(contentsOfFile: "/proc/stat", encoding: .utf8).split(separator: "\n").first?.split(separator: " ") ?? []
        return fields.count > 8 ? Int(fields[8]) ?? 0 : 0
    }
}

import Foundation

/// What a process uses, as the kernel counts it.
struct ProcessUsage: Sendable {
    let pid: Int32

    /// Processor time of all its threads, user and system: what `/proc/<pid>/stat` counts in ticks, in nanoseconds.
    func processorTime() throws -> Duration {
        var clock: clockid_t = 0
        var time = timespec()
        guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else {
            throw BenchError("the processor time of process \(pid) cannot be read")
        }
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }

    /// Resident memory in MiB, and its share where pages are shared with others.
    func memory() throws -> (resident: Double, proportional: Double) {
        let rollup = try String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8)
        func kibibytes(_ name: String) throws -> Double {
            let line = rollup.split(separator: "\n").first { $0.hasPrefix(name) }
            guard let value = line?.split(separator: " ").dropFirst().first.flatMap({ Double($0) }) else {
                throw BenchError("\(name) of process \(pid) cannot be read")
            }
            return value
        }
        return (try kibibytes("Rss:") / 1024, try kibibytes("Pss:") / 1024)
    }
}

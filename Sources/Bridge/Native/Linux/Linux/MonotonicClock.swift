import CLinux

/// The process's clocks. Rules never read them: the driver does, once per wake-up, and hands the time on.
public enum MonotonicClock {
    /// `CLOCK_MONOTONIC` when the process first asked.
    private static let start = clinux_monotonic_nanoseconds()

    /// Time since the process first asked, which every `now` of the machines counts in.
    public static func now() -> Duration {
        // The start must be known before the clock is read: the first reading would else lie before it.
        let start = Self.start
        return .nanoseconds(clinux_monotonic_nanoseconds() &- start)
    }

    /// Nanoseconds since the Unix epoch, as the wall clock has it: for NTP timestamps and logs, never for deadlines.
    public static func wallClockNanoseconds() -> Int64 { clinux_wall_nanoseconds() }

    /// Whether something (NTP) keeps the wall clock right, as far as the kernel knows (adjtimex(2)).
    public static var isWallClockKept: Bool { clinux_wall_clock_is_kept() }

    /// The kernel's time for a moment counted from the start; never 0, which would disarm a timer.
    static func absoluteNanoseconds(_ moment: Duration) -> Int64 {
        let (seconds, attoseconds) = moment.components
        // A deadline beyond the kernel's range is as good as none: 100 years are far enough.
        let bounded = min(max(seconds, 0), 3_153_600_000)
        return max(1, start &+ bounded &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
    }
}

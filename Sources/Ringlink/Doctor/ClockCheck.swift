import Domain
import Linux
import Store

/// The clock: links expire by it, and the bridge believes no request whose time is 30 s off.
struct ClockCheck {
    /// Milliseconds.
    private static let tolerated: Int64 = 2_000
    /// When this was written: an earlier clock has lost its battery.
    private static let beginning: Int64 = 1_760_000_000_000

    let database: DatabaseFacts?

    var finding: Finding {
        let now = MonotonicClock.wallClockNanoseconds() / 1_000_000
        if now < Self.beginning {
            return .bad("clock", "It says \(RFC3339.text(milliseconds: now)), which is past. Set it (timedatectl set-ntp true).")
        }
        if let database {
            let distance = database.clockMilliseconds - now
            if distance.magnitude > UInt64(Self.tolerated) {
                return .bad(
                    "clock",
                    "It is \(distance.magnitude / 1_000) s \(distance > 0 ? "behind" : "ahead of") the database's. Set both by NTP (timedatectl set-ntp true)."
                )
            }
        }
        if !MonotonicClock.isWallClockKept {
            return .warning("clock", "It says \(RFC3339.text(milliseconds: now)), and nothing keeps it right. Use NTP (timedatectl set-ntp true).")
        }
        return .good("clock", "It says \(RFC3339.text(milliseconds: now)) and is kept by NTP.")
    }
}

import Foundation

/// How busy the machine is, with everything that runs on it.
enum MachineLoad {
    /// Mean of runnable tasks in the last minute, as the kernel writes it.
    static var now: String {
        let line = try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)
        return line?.split(separator: " ").first.map(String.init) ?? "unknown"
    }
}

import Domain
import Foundation
import Glibc

extension ProcessFigures {
    /// Of this process, by proc(5); `nil` where there is no /proc.
    static func ofThisProcess() -> ProcessFigures? {
        guard let stat = contents("stat"), let memory = contents("statm"), let end = stat.lastIndex(of: ")") else { return nil }
        // Behind the name, which may hold anything, stands the third field.
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        let pages = memory.split(separator: " ")
        guard fields.count > 19, pages.count > 1, let user = Double(fields[11]), let system = Double(fields[12]), let start = Double(fields[19]),
            let resident = Int(pages[1])
        else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return ProcessFigures(
            residentBytes: resident * sysconf(Int32(_SC_PAGESIZE)), processorSeconds: (user + system) / ticks,
            openFiles: (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0,
            openFilesLimit: Int(clamping: limit.rlim_cur), startedAt: bootTime + start / ticks)
    }

    /// Seconds since 1970 UTC at which the machine was started.
    private static var bootTime: Double {
        let line = (contents("/proc/stat") ?? "").split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst(6)) } ?? 0
    }

    private static func contents(_ name: String) -> String? {
        try? String(contentsOfFile: name.hasPrefix("/") ? name : "/proc/self/" + name, encoding: .utf8)
    }
}

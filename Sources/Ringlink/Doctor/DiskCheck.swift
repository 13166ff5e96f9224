import Foundation
import Glibc

/// Room for what is kept: bytes, and files.
struct DiskCheck {
    static let least: UInt64 = 200 << 20
    private static let comfortable: UInt64 = 1 << 30
    private static let fewFiles: UInt64 = 1_000

    let path: String

    var finding: Finding {
        var place = path
        while access(place, F_OK) != 0, errno == ENOENT, place != "/" { place = (place as NSString).deletingLastPathComponent }
        var status = statvfs()
        guard statvfs(place, &status) == 0 else { return .bad("disk", "\(place) cannot be looked at: \(String(cString: strerror(errno))).") }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        // A file system without a table of files says 0 of 0.
        if status.f_files > 0, UInt64(status.f_favail) < Self.fewFiles {
            return .bad("disk", "\(place) has room for \(status.f_favail) more files only.")
        }
        if free < Self.least {
            return .bad(
                "disk",
                "\(place) has \(free >> 20) MB left; it does not start with less than \(Self.least >> 20) MB. Make room, or choose another --data.")
        }
        if free < Self.comfortable { return .warning("disk", "\(place) has \(free >> 20) MB left, which is not much for a database.") }
        return .good("disk", "\(free >> 30) GB left for \(path).")
    }
}

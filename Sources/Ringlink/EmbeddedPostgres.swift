import Foundation
import Glibc
import Linux

/// A private PostgreSQL cluster in the data folder: no TCP, peer authentication on a UNIX socket, never root.
struct EmbeddedPostgres {
    private static let oldestMajor = 15
    private static let predecessorLimit = Duration.seconds(10)

    private let folder: DataFolder
    private let binaries: String
    private let runner: ServiceRunner

    /// libpq's connection string.
    var conninfo: String { Self.conninfo(sockets: folder.sockets) }

    /// The connection string of the cluster whose socket lies in `sockets`: the user is who connects (peer authentication).
    static func conninfo(sockets: String) -> String {
        let quoted = sockets.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "'", with: "\\'")
        let user = ProcessIdentity.isRoot ? DataFolder.serviceUser : NSUserName()
        return "host='\(quoted)' port=5432 dbname=postgres user='\(user)'"
    }

    /// Finds the programs that fit the cluster in `folder`, or the newest if there is none yet.
    init(in folder: DataFolder, runner: ServiceRunner) throws {
        self.folder = folder
        self.runner = runner
        let installed = Self.installed()
        let version = try? String(contentsOfFile: folder.cluster + "/PG_VERSION", encoding: .utf8)
        if let major = version.flatMap({ Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) {
            guard let fitting = installed[major] else {
                let there = installed.keys.sorted().map(String.init).joined(separator: ", ")
                throw StartError(
                    "The cluster in \(folder.cluster) is PostgreSQL \(major), installed is \(there.isEmpty ? "none" : there). Install postgresql-\(major), or choose another folder with --data."
                )
            }
            binaries = fitting
        } else {
            guard let newest = installed.keys.filter({ $0 >= Self.oldestMajor }).max(), let path = installed[newest] else {
                throw StartError("PostgreSQL \(Self.oldestMajor) or newer is not installed: apt-get install postgresql, or set DATABASE_URL.")
            }
            binaries = path
        }
    }

    /// Major version → folder of its programs.
    private static func installed() -> [Int: String] {
        var found: [Int: String] = [:]
        let root = "/usr/lib/postgresql"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] {
            guard let major = Int(name), access("\(root)/\(name)/bin/postgres", X_OK) == 0 else { continue }
            found[major] = "\(root)/\(name)/bin"
        }
        return found
    }

    /// Makes the cluster if there is none.
    func initialize() throws {
        guard access(folder.cluster + "/PG_VERSION", F_OK) != 0 else { return }
        Console.say("Creating the database …")
        // Made beside its place and moved there when it is whole: an interrupted start leaves nothing that looks like a cluster.
        let unfinished = folder.cluster + ".new"
        try? FileManager.default.removeItem(atPath: unfinished)
        do {
            _ = try runner.output(
                binaries + "/initdb",
                ["-D", unfinished, "-E", "UTF8", "--locale=C.UTF-8", "--auth-local=peer", "--auth-host=reject"], timeout: .seconds(120))
        } catch {
            throw StartError("The database could not be created in \(folder.cluster) (\(error)).")
        }
        guard rename(unfinished, folder.cluster) == 0 else {
            throw StartError("The database could not be moved to \(folder.cluster): \(String(cString: strerror(errno))).")
        }
    }

    /// Waits for the server of a supervisor that was killed: it ends by itself, but may still be writing, and another one is refused until then.
    func awaitPredecessor() {
        let deadline = MonotonicClock.now() + Self.predecessorLimit
        while let server = lockHolder, MonotonicClock.now() < deadline, StopRequest.count == 0 {
            // A number that belongs to another program by now keeps nobody out.
            guard (try? String(contentsOfFile: "/proc/\(server)/comm", encoding: .utf8))?.hasPrefix("postgres") == true else { return }
            usleep(20_000)
        }
    }

    /// The process that has the cluster, as the first line of its lock file says.
    private var lockHolder: Int32? {
        let lock = try? String(contentsOfFile: folder.cluster + "/postmaster.pid", encoding: .utf8)
        return lock?.split(separator: "\n").first.flatMap { Int32($0) }
    }

    func start() throws -> ChildProcess {
        try runner.spawn(
            binaries + "/postgres",
            [
                "-D", folder.cluster, "-c", "listen_addresses=", "-c", "unix_socket_directories=\(folder.sockets)", "-c",
                "unix_socket_permissions=0700",
                "-c", "max_connections=50", "-c", "shared_buffers=32MB",
            ], log: folder.logs + "/postgres.log", stopSignal: SIGINT)
    }

    /// Whether it takes connections.
    var isReady: Bool {
        (try? ChildProcess.output(of: binaries + "/pg_isready", ["-q", "-h", folder.sockets], timeout: .seconds(2))) != nil
    }
}

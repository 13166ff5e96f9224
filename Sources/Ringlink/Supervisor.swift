import Foundation
import Glibc
import Linux

/// Starts PostgreSQL, the bridge and the API in this order, starts again what falls, and stops all of it within 5 s.
///
/// It blocks: everything here runs on one thread of its own.
struct Supervisor: Sendable {
    private static let poll: UInt32 = 50_000
    private static let startLimit = Duration.seconds(60)

    private var options: UpOptions
    private let started = MonotonicClock.now()

    init(_ options: UpOptions) throws { self.options = options }

    func run() throws {
        // A named file is read as who started us, the data folder's own as the user whose folder it is.
        let named = try options.config.map { try PolicyOption(path: $0) }
        let folder = try DataFolder(options.data)
        var configured = self
        configured.options = options.under(try (named ?? PolicyOption(in: folder)).policy())
        try configured.run(in: folder)
    }

    private func run(in folder: DataFolder) throws {
        try folder.lock()
        try PortCheck(options).run()
        let advice = OpenFiles.raise(ports: options.rtpPortRange?.count ?? 0)
        let runner = try ServiceRunner()
        var family = ProcessFamily()
        defer { family.stop() }
        do {
            let conninfo = try startDatabase(folder, runner, &family)
            guard StopRequest.count == 0 else { return }
            let tls = try TLSFiles(options, folder: folder)
            let environment = try ServiceEnvironment(options, folder: folder, conninfo: conninfo, tls: tls)
            let key = try prepare(folder, runner, environment)
            try startServices(runner, environment, &family)
            guard StopRequest.count == 0 else { return }
            if let advice { Console.say(advice) }
            Banner(options, folder: folder, newKey: key, started: started).show()
        } catch  where StopRequest.count > 0 {
            // A step of the start was given up half-way, because of the stop: nothing is wrong. The next start begins it anew.
            return
        }
        supervise(&family)
        Console.say("Stopping: calls are ended first …")
    }

    private func startDatabase(_ folder: DataFolder, _ runner: ServiceRunner, _ family: inout ProcessFamily) throws -> String {
        if let url = ProcessInfo.processInfo.environment["DATABASE_URL"], !url.isEmpty { return url }
        let postgres = try EmbeddedPostgres(in: folder, runner: runner)
        try postgres.initialize()
        postgres.awaitPredecessor()
        try family.start("postgres", stopSignal: SIGINT) { try postgres.start() }
        try waitUntil("PostgreSQL", log: folder.logs + "/postgres.log", &family) { postgres.isReady }
        return postgres.conninfo
    }

    /// Migrates, and makes the first API key; which is kept in a file for the operator, printed once, and stored as a hash only.
    private func prepare(_ folder: DataFolder, _ runner: ServiceRunner, _ environment: ServiceEnvironment) throws -> String? {
        let output: [UInt8]
        do {
            output = try runner.outputOfOwn(["prepare", "--key-file", folder.apiKeyFile], environment: environment.api, timeout: .seconds(120))
        } catch {
            throw StartError("The database could not be prepared (see the lines above).")
        }
        let key = String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return key.isEmpty ? nil : key
    }

    private func startServices(_ runner: ServiceRunner, _ environment: ServiceEnvironment, _ family: inout ProcessFamily) throws {
        try family.start("bridge") { try runner.spawnOwn(["bridge"], environment: environment.bridge) }
        try family.start("api") { try runner.spawnOwn(["api"], environment: environment.api) }
        let probe = ReadinessProbe(options)
        try waitUntil("the API and the bridge", log: nil, &family) { probe.isReady }
    }

    private func waitUntil(_ what: String, log: String?, _ family: inout ProcessFamily, _ isReady: () -> Bool) throws {
        let deadline = MonotonicClock.now() + Self.startLimit
        while true {
            let ready = isReady()
            if StopRequest.count > 0 { return }
            // Asked after the probe: a server that somebody else left behind may answer in the place of ours.
            if let fallen = family.fallen() {
                throw StartError("\(fallen) ended while it was starting\(log.map { "; \($0) says why" } ?? " (see the lines above)").")
            }
            if ready { return }
            guard MonotonicClock.now() < deadline else {
                throw StartError("\(what) did not become ready within \(Self.startLimit.components.seconds) s.")
            }
            usleep(Self.poll)
        }
    }

    private func supervise(_ family: inout ProcessFamily) {
        while StopRequest.count == 0 {
            family.restartFallen(now: MonotonicClock.now())
            usleep(Self.poll)
        }
    }
}

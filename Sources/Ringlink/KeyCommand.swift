import ArgumentParser
import Domain
import Foundation
import Linux
import Logging
import Store

/// `ringlink key`: API keys.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Makes API keys.", subcommands: [CreateKeyCommand.self])
}

/// `ringlink key create`: a new key, printed once; the database holds only its hash.
struct CreateKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Makes a key and prints it, this once.",
        discussion: "Needs the database: DATABASE_URL, or the running installation in the data folder.")

    @Option(help: "What it is for.") var name: String = "cli"
    @Option(help: "What it may do; repeatable. * is everything.") var scope: [String] = ["*"]
    @Option(help: "Days until it expires.") var days: Int?
    @Option(help: "The installation's data folder.") var data: String = DataFolder.standard

    func validate() throws {
        guard (1...80).contains(name.count) else { throw ValidationError("--name must be 1–80 characters.") }
        for scope in scope where APIScope(scope) == nil {
            throw ValidationError("--scope \(scope) is none: * or one of \(APIScope.kinds.joined(separator: ", ")) with :read or :write behind it.")
        }
        if let days, !(1...36_500).contains(days) { throw ValidationError("--days must be 1–36500.") }
    }

    func run() async throws {
        try await explainingFaults {
            let url = ProcessInfo.processInfo.environment["DATABASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
            // The embedded cluster knows only its own user (peer authentication).
            if url == nil, ProcessIdentity.isRoot { try ProcessIdentity.become(DataFolder.serviceUser) }
            let store = try await Store.open(
                conninfo: url ?? EmbeddedPostgres.conninfo(sockets: URL(fileURLWithPath: data).standardizedFileURL.path + "/run"), connections: 1,
                logger: ProcessLog.logger("key"))
            let now = MonotonicClock.wallClockNanoseconds() / 1_000_000
            var generator = SystemRandomNumberGenerator()
            let made = try await store.createKey(
                name: name, scopes: scope, expiresAt: days.map { now + Int64($0) * 86_400_000 }, now: now, generator: &generator)
            Console.say("\(made.key.id.text)  \(made.secret.text)")
            await store.close()
        }
    }
}

import ArgumentParser
import Domain
import Glibc
import Linux
import Logging
import Store

/// `ringlink prepare`: migrates the database and makes the first API key; writes that key to a file for the operator first,
/// and then, and nothing else, to its output.
struct PrepareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "prepare", abstract: "For the supervisor only.", shouldDisplay: false)

    @Option(help: "Where the first API key is kept, for the operator.") var keyFile: String

    @OptionGroup var identity: ServiceIdentity

    func run() async throws {
        try await explainingFaults {
            let store = try await Store.open(
                conninfo: try GivenEnvironment().text("RINGLINK_DATABASE"), connections: 1, logger: ProcessLog.logger("prepare"))
            try await store.migrate()
            if try await !store.hasAnyKey() {
                var generator = SystemRandomNumberGenerator()
                let secret = APIKeySecret(random: &generator)
                // The database keeps no more than its hash: what is ended between these lines must not take the only copy along.
                try PrivateFile.write(secret.text + "\n", to: keyFile)
                if try await store.createFirstKey(secret, now: MonotonicClock.wallClockNanoseconds() / 1_000_000, generator: &generator) {
                    Console.say(secret.text)
                } else {
                    // Another installation on this database was first.
                    unlink(keyFile)
                }
            }
            await store.close()
        }
    }
}

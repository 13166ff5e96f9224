import ArgumentParser
import Linux
import Logging
import Store

/// `ringlink prepare`: migrates the database and makes the first API key; writes that key, and nothing else, to its output.
struct PrepareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "prepare", abstract: "For the supervisor only.", shouldDisplay: false)

    @OptionGroup var identity: ServiceIdentity

    func run() async throws {
        try await explainingFaults {
            let store = try await Store.open(
                conninfo: try GivenEnvironment().text("RINGLINK_DATABASE"), connections: 1, logger: ProcessLog.logger("prepare"))
            try await store.migrate()
            if try await !store.hasAnyKey() {
                var generator = SystemRandomNumberGenerator()
                let made = try await store.createKey(
                    name: "first", scopes: ["*"], now: MonotonicClock.wallClockNanoseconds() / 1_000_000, generator: &generator)
                Console.say(made.secret.text)
            }
            await store.close()
        }
    }
}

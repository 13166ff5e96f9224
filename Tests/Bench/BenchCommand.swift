import ArgumentParser

/// Figures of a running installation; `scripts/bench` starts one and calls this.
@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ringlink-bench", abstract: "Measures a running installation.",
        subcommands: [EchoCommand.self, ClickCommand.self, RoomsCommand.self])
}

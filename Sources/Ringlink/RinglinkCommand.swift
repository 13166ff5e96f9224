import ArgumentParser

/// The `ringlink` command: the only place that names both wings.
struct RinglinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ringlink",
        abstract: "A link that rings a phone.",
        subcommands: [
            UpCommand.self, KeyCommand.self, ConfigCommand.self, DoctorCommand.self, APIProcessCommand.self, BridgeProcessCommand.self,
            PrepareCommand.self, RunAsCommand.self,
        ])
}

import API
import ArgumentParser
import Domain
import Foundation
import Linux

/// `ringlink config`: the operator's decisions.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Looks at the configuration.", subcommands: [CheckConfigCommand.self])
}

/// `ringlink config check`: everything that is wrong with it, without starting anything.
struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Says what is wrong with the configuration, or what it decides.",
        discussion: "Reads ringlink.conf and the environment as a start would. Ends with 1 if something is wrong.")

    @Option(help: "The installation's data folder.") var data: String = DataFolder.standard
    @Option(help: ArgumentHelp("Configuration file; ringlink.conf in the data folder, if there is one.", valueName: "path")) var config: String?

    func run() async throws {
        try await explainingFaults {
            let check = try ConfigurationCheck(data: data, config: config)
            guard check.faults.isEmpty else {
                for fault in check.faults { Console.complain(fault) }
                throw ExitCode.failure
            }
            Console.say(
                check.file.map { "\($0) and the environment are in order." } ?? "There is no configuration file; the environment is in order.")
            for setting in check.settings { Console.say("  \(setting.key) = \(setting.value)  (\(setting.source))") }
            if check.settings.isEmpty { Console.say("  Everything is as it comes.") }
        }
    }
}

/// What the file and the environment come to, with all that is wrong.
struct ConfigurationCheck {
    /// Beside those of the policy. The last two say what a program of ours is told by another one.
    private static let otherVariables = ["RINGLINK_SECRET_KEY", ProcessLog.levelVariable, ProcessLog.formatVariable, "RINGLINK_BINARY"]

    /// `nil`: there is none.
    let file: String?
    let policy: Policy
    let settings: [PolicyFile.Setting]
    let faults: [String]

    init(data: String, config: String?) throws {
        let option: PolicyOption
        if let config {
            option = try PolicyOption(path: config)
        } else {
            option = try PolicyOption(inFolder: URL(fileURLWithPath: data).standardizedFileURL.path)
        }
        let environment = ProcessInfo.processInfo.environment
        let reading = option.reading
        var faults = reading.faults.map(\.description) + ProcessLog.faults
        if let secret = environment["RINGLINK_SECRET_KEY"], (HexDigits.decode(secret)?.count ?? 0) < 32 {
            faults.append("RINGLINK_SECRET_KEY: It must be at least 64 lowercase hex digits.")
        }
        let known = Set(PolicyFile.variables + Self.otherVariables)
        for name in environment.keys.sorted() where name.hasPrefix("RINGLINK_") && !known.contains(name) {
            faults.append("\(name): There is no such variable. There are \(known.subtracting(["RINGLINK_BINARY"]).sorted().joined(separator: ", ")).")
        }
        (file, policy, settings, self.faults) = (option.file, reading.policy, reading.settings, faults)
    }
}

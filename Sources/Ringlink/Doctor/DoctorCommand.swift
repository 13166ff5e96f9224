import API
import ArgumentParser
import Domain
import Foundation
import Linux
import Store

/// `ringlink doctor`: looks at everything that an installation needs, whether it runs or not, and changes nothing.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Looks at everything that an installation needs, and says what to do.",
        discussion: """
            Give it the options of `ringlink up`. It changes nothing, and may run beside an installation. Ends with 1 if it found a fault.
            """)

    @OptionGroup var options: UpOptions

    func run() async throws {
        try await explainingFaults {
            let path = URL(fileURLWithPath: options.data).standardizedFileURL.path
            let configuration = try ConfigurationCheck(data: path, config: options.config)
            var findings = configuration.faults.map { Finding.bad("configuration", $0) }
            if findings.isEmpty {
                findings = [.good("configuration", configuration.file.map { "\($0) is in order." } ?? "Everything is as it comes.")]
            }
            if ProcessIdentity.isRoot { findings += becomeServiceUser() }
            findings += await examine(path, options.under(configuration.policy))
            for finding in findings { Console.say(finding.line) }
            if findings.contains(where: { $0.verdict == .bad }) { throw ExitCode.failure }
        }
    }

    /// What belongs to the service user is looked at as that user.
    private func becomeServiceUser() -> [Finding] {
        do {
            try ProcessIdentity.become(DataFolder.serviceUser)
            return []
        } catch {
            return [
                .bad(
                    "user",
                    "Started as root, it runs as the user \(DataFolder.serviceUser), and that failed (\(error)). scripts/install run makes it.")
            ]
        }
    }

    private func examine(_ path: String, _ options: UpOptions) async -> [Finding] {
        let installation = InstallationFacts(path: path)
        var findings = [DiskCheck(path: path).finding]
        let database = await DatabaseCheck(installation: installation).examine()
        findings += database.findings
        findings.append(ClockCheck(database: database.facts).finding)
        findings.append(portFinding(options, installation))
        findings += await ServiceCheck(options: options, installation: installation).findings()
        let trunks = database.facts?.trunks ?? []
        findings += NameCheck(publicURLs: options.publicURL, trunks: trunks).findings
        findings += TrunkCheck(trunks: trunks).findings
        findings += ReachCheck(options: options).findings
        return findings
    }

    private func portFinding(_ options: UpOptions, _ installation: InstallationFacts) -> Finding {
        if installation.isRunning { return .good("ports", "In use by the installation that runs in \(installation.path).") }
        do {
            try PortCheck(options).run()
            return .good("ports", "Free: \(options.port), \(options.sipPort), \(options.mediaPort) and a pair of \(options.rtpPorts).")
        } catch {
            return .bad("ports", "\(error)")
        }
    }
}

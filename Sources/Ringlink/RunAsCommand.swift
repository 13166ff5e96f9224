import ArgumentParser
import Glibc
import Linux

/// Turns into another program, as the service user and bound to the supervisor's life (`ServiceIdentity`).
struct RunAsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run-as", abstract: "For the supervisor only.", shouldDisplay: false)

    @OptionGroup var identity: ServiceIdentity
    @Option var stopSignal: Int32 = SIGTERM
    @Argument(parsing: .postTerminator) var command: [String]

    func run() throws {
        guard let program = command.first else { throw ValidationError("no program") }
        // The signal at the supervisor's end belongs to the thread that asked for it (prctl(2)); the thread that is here becomes the program.
        if let supervisor = identity.supervisor { try ProcessIdentity.dieWithParent(supervisor, signal: stopSignal) }
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        execv(program, &arguments)
        throw StartError("\(program) cannot be started: \(String(cString: strerror(errno))).")
    }
}

/// As whom a supervised process runs, and whom it follows. Parsed with the other arguments so that they are known there;
/// acted upon by `take` before anything else.
struct ServiceIdentity: ParsableArguments {
    @Option(help: .hidden) var user: String?
    @Option(help: .hidden) var supervisor: Int32?

    /// Becomes `--user` and follows `--supervisor`, if the command line says so before `--`.
    static func take(_ arguments: [String]) throws {
        let own = arguments.prefix { $0 != "--" }
        func value(_ name: String) -> String? { own.firstIndex(of: name).flatMap { $0 + 1 < own.count ? own[$0 + 1] : nil } }
        guard let supervisor = value("--supervisor").flatMap({ Int32($0) }) else { return }
        if let user = value("--user") { try ProcessIdentity.become(user) }
        try ProcessIdentity.dieWithParent(supervisor, signal: value("--stop-signal").flatMap { Int32($0) } ?? SIGTERM)
    }
}

import ArgumentParser
import Glibc
import Linux

/// Becomes the service user, binds its life to the supervisor's, and turns into another program.
struct RunAsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run-as", abstract: "For the supervisor only.", shouldDisplay: false)

    @OptionGroup var identity: ServiceIdentity
    @Option var stopSignal: Int32 = SIGTERM
    @Argument(parsing: .postTerminator) var command: [String]

    func run() throws {
        try identity.take(stopSignal: stopSignal)
        guard let program = command.first else { throw ValidationError("no program") }
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        execv(program, &arguments)
        throw StartError("\(program) cannot be started: \(String(cString: strerror(errno))).")
    }
}

/// As whom a supervised process runs, and whom it follows.
struct ServiceIdentity: ParsableArguments {
    @Option(help: .hidden) var user: String?
    @Option(help: .hidden) var supervisor: Int32?

    func take(stopSignal: Int32 = SIGTERM) throws {
        if let user { try ProcessIdentity.become(user) }
        if let supervisor { try ProcessIdentity.dieWithParent(supervisor, signal: stopSignal) }
    }
}

import ArgumentParser

/// Why something could not start: one sentence that an operator can act on. The command prints it and ends with status 1.
struct StartError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

extension ParsableCommand {
    /// Runs `body`; a fault is one clear sentence on standard error and a non-zero exit, never a stack trace.
    func explainingFaults(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let exit as ExitCode {
            throw exit
        } catch {
            Console.complain("\(error)")
            throw ExitCode.failure
        }
    }
}

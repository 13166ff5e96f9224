import Glibc

/// Why the output of a program could not be had.
public enum ChildProcessError: Error, Equatable {
    case failed(program: String, ChildProcess.Ending)
    case tooMuchOutput(program: String)
    case timedOut(program: String)
    case cancelled(program: String)
    case system(LinuxError)
}

extension ChildProcess {
    /// Runs a program to its end and returns what it wrote to its standard output. Blocks the thread: not for the cooperative pool's
    /// short tasks, and never for a media thread.
    ///
    /// - Parameters:
    ///   - input: at most 60 KiB, so that it fits into the pipe at once.
    ///   - limit: bytes of output beyond which the program is ended.
    ///   - timeout: after this the program is ended.
    ///   - isCancelled: asked ten times a second; once it is true the program is ended.
    public static func output(
        of program: String, _ arguments: [String], environment: [String]? = nil, input: [UInt8] = [], limit: Int = 1 << 20, timeout: Duration,
        isCancelled: () -> Bool = { false }
    ) throws(ChildProcessError) -> [UInt8] {
        let (readInput, writeInput) = try pipeEnds()
        let (readOutput, writeOutput) = try pipeEnds()
        defer { close(readOutput) }
        let child: ChildProcess
        do {
            child = try spawn(program, arguments, environment: environment, streams: Streams(input: readInput, output: writeOutput))
        } catch {
            for end in [readInput, writeInput, writeOutput] { close(end) }
            throw .system(error)
        }
        close(readInput)
        close(writeOutput)
        _ = input.prefix(60 * 1024).withUnsafeBytes { write(writeInput, $0.baseAddress, $0.count) }
        close(writeInput)

        let deadline = MonotonicClock.now() + timeout
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            var waiting = pollfd(fd: readOutput, events: Int16(POLLIN), revents: 0)
            guard MonotonicClock.now() < deadline, Glibc.poll(&waiting, 1, 100) >= 0 || errno == EINTR else {
                child.end()
                throw .timedOut(program: program)
            }
            guard !isCancelled() else {
                child.end()
                throw .cancelled(program: program)
            }
            guard waiting.revents != 0 else { continue }
            let count = read(readOutput, &chunk, chunk.count)
            if count <= 0 { break }
            output.append(contentsOf: chunk[0..<count])
            guard output.count <= limit else {
                child.end()
                throw .tooMuchOutput(program: program)
            }
        }
        let ending = child.wait()
        guard ending == .exited(0) else { throw .failed(program: program, ending) }
        return output
    }

    private func end() {
        signalGroup(SIGKILL)
        _ = wait()
    }

    private static func pipeEnds() throws(ChildProcessError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw .system(LinuxError(operation: "open a pipe", code: errno)) }
        // Other children close everything that they were not given, so an end cannot leak into one of them.
        return (ends[0], ends[1])
    }
}

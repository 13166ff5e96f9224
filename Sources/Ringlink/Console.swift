import Glibc
import Logging

/// What a person at the terminal is told. Logs go elsewhere.
enum Console {
    static func say(_ text: String) { write(text + "\n", to: 1) }

    /// What goes wrong; among the log's lines it is one of them.
    static func complain(_ text: String) {
        guard ProcessLog.format == .json else { return write("ringlink: " + text + "\n", to: 2) }
        LineLogHandler.write(process: "ringlink", level: .error, message: text)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

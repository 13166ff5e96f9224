import Glibc

/// What a person at the terminal is told. Logs go elsewhere.
enum Console {
    static func say(_ text: String) { write(text + "\n", to: 1) }
    static func complain(_ text: String) { write("ringlink: " + text + "\n", to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

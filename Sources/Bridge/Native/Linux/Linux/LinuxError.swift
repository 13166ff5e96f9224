import Glibc

/// A system call that failed.
public struct LinuxError: Error, Equatable, CustomStringConvertible {
    /// What was attempted, as a verb: `bind 127.0.0.1:5060`.
    public var operation: String
    /// The `errno`.
    public var code: Int32

    public init(operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// Whether another address or port may succeed, so that an operator is told to choose one.
    public var isAddressUnusable: Bool { code == EADDRINUSE || code == EADDRNOTAVAIL || code == EACCES }

    public var description: String { "\(operation): \(String(cString: strerror(code)))" }

    /// Passes the result of a shim call through, which answers `-errno` on failure.
    @discardableResult
    static func check(_ result: Int32, _ operation: @autoclosure () -> String) throws(LinuxError) -> Int32 {
        guard result >= 0 else { throw LinuxError(operation: operation(), code: -result) }
        return result
    }
}

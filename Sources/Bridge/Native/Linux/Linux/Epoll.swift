import CLinux

/// Waits until one of many descriptors can be read; level-triggered. Used from one thread at a time.
public final class Epoll {
    private let epoll: Int32
    private var tokens = [UInt64](repeating: 0, count: 64)

    public init() throws(LinuxError) {
        epoll = try LinuxError.check(clinux_epoll_create(), "create an epoll")
    }

    deinit { clinux_close(epoll) }

    /// - Parameter token: comes back from `wait` when `source` can be read.
    public func add(_ source: some Descriptor, token: UInt64) throws(LinuxError) {
        try LinuxError.check(clinux_epoll_add(epoll, source.descriptor, token), "watch a descriptor")
    }

    /// To be called before `source` is let go, or its number may come back under another's token.
    public func remove(_ source: some Descriptor) throws(LinuxError) {
        try LinuxError.check(clinux_epoll_remove(epoll, source.descriptor), "stop watching a descriptor")
    }

    /// Calls `body` with the token of each readable descriptor, at most 64 at a time.
    /// - Parameter milliseconds: how long to wait; `nil` waits for ever. A signal ends the wait early.
    /// - Returns: how many were readable.
    @discardableResult
    public func wait(milliseconds: Int32?, _ body: (UInt64) -> Void) throws(LinuxError) -> Int {
        let found = clinux_epoll_wait(epoll, &tokens, 64, milliseconds.map { max(0, $0) } ?? -1)
        let count = Int(try LinuxError.check(found, "wait for descriptors"))
        for index in 0..<count { body(tokens[index]) }
        return count
    }
}

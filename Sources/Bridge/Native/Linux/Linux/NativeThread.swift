import CLinux

/// A thread of the kernel, for work that must never wait behind a pool: one per core runs media.
public final class NativeThread: Sendable {
    private let handle: UInt64

    /// Starts a thread.
    /// - Parameters:
    ///   - name: seen in `top -H`; cut to 15 bytes.
    ///   - body: the thread ends when it returns.
    public init(named name: String, _ body: @escaping @Sendable () -> Void) throws(LinuxError) {
        let context = Unmanaged.passRetained(Body(body))
        var handle: UInt64 = 0
        let result = clinux_thread_start(&handle, name, runBody, context.toOpaque())
        if result < 0 { context.release() }
        try LinuxError.check(result, "start a thread")
        self.handle = handle
    }

    /// Waits until the thread has ended; to be called exactly once, from another thread.
    public func join() throws(LinuxError) {
        try LinuxError.check(clinux_thread_join(handle), "join a thread")
    }
}

private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runBody(_ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
}

import CLinux

/// Something that `Epoll` can wait for.
public protocol Descriptor: AnyObject {
    var descriptor: Int32 { get }
}

/// A wake-up at an absolute time, precise to the microsecond (`timerfd`).
public final class TimerFD: Descriptor, Sendable {
    public let descriptor: Int32

    public init() throws(LinuxError) {
        descriptor = try LinuxError.check(clinux_timer_create(), "create a timer")
    }

    deinit { clinux_close(descriptor) }

    /// Becomes readable once, at `deadline` of `MonotonicClock`, or at once if that has passed. `nil` disarms.
    public func arm(at deadline: Duration?) throws(LinuxError) {
        let time = deadline.map(MonotonicClock.absoluteNanoseconds) ?? 0
        try LinuxError.check(clinux_timer_set(descriptor, time), "arm a timer")
    }

    /// Makes it unreadable until it fires again.
    public func acknowledge() { _ = clinux_counter_read(descriptor) }
}

/// A wake-up from another thread (`eventfd`): many signals before one look count as one.
public final class EventFD: Descriptor, Sendable {
    public let descriptor: Int32

    public init() throws(LinuxError) {
        descriptor = try LinuxError.check(clinux_event_create(), "create an event")
    }

    deinit { clinux_close(descriptor) }

    /// Makes it readable; callable from any thread.
    public func signal() { _ = clinux_event_signal(descriptor) }

    /// Makes it unreadable until the next signal. To be called before the work is looked at, so that no signal is lost.
    public func acknowledge() { _ = clinux_counter_read(descriptor) }
}

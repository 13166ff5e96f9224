import COpenSSL

/// When a DTLS flight that was not answered is sent again: after `first`, then after twice as long each time.
///
/// RFC 6347 section 4.2.4.1 names 1 s and allows less for applications in a hurry. Somebody is waiting for a voice here,
/// and a flight is two or three datagrams. OpenSSL gives up after 12 repetitions, some half a minute.
public struct RetransmissionSchedule: Equatable, Sendable {
    public var first: Duration
    public var longest: Duration

    public init(first: Duration = .milliseconds(200), longest: Duration = .milliseconds(3200)) {
        self.first = first
        self.longest = longest
    }
}

/// A schedule where OpenSSL's timer callback finds it. It must outlive the association that it is installed on.
final class RetransmissionTimer {
    let schedule: RetransmissionSchedule

    init(_ schedule: RetransmissionSchedule) { self.schedule = schedule }

    /// - Returns: `false` if there is no memory.
    func install(on ssl: OpaquePointer) -> Bool {
        guard SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque()) == 1 else { return false }
        DTLS_set_timer_cb(ssl) { ssl, previous in
            guard let data = SSL_get_ex_data(ssl, 0) else { return 1_000_000 }
            return Unmanaged<RetransmissionTimer>.fromOpaque(data).takeUnretainedValue().microseconds(after: previous)
        }
        return true
    }

    /// - Parameter previous: the interval that passed in vain, 0 for a new flight.
    private func microseconds(after previous: UInt32) -> UInt32 {
        let wanted = previous == 0 ? schedule.first : min(.microseconds(Int64(previous) * 2), schedule.longest)
        return UInt32(min(max(1, wanted / .microseconds(1)), 60_000_000))
    }
}

import CLinux
import Glibc

/// A non-blocking UDP socket of one family that knows to which local address each datagram came.
public final class UDPSocket: Descriptor, Sendable {
    public let descriptor: Int32
    /// Where it is bound, with the port that the kernel chose if 0 was asked for.
    public let localAddress: SocketAddress

    /// Binds a socket; an IPv6 one takes no IPv4.
    /// - Parameters:
    ///   - receiveBuffer: bytes asked of the kernel; 0 leaves its default. It may grant fewer: see `receiveBuffer`.
    ///   - sendBuffer: the same for sending.
    public init(bind address: SocketAddress, receiveBuffer: Int = 0, sendBuffer: Int = 0) throws(LinuxError) {
        var wanted = address.shim
        var bound = clinux_address()
        let result = clinux_udp_open(&wanted, Int32(clamping: receiveBuffer), Int32(clamping: sendBuffer), &bound)
        descriptor = try LinuxError.check(result, "bind \(address)")
        localAddress = SocketAddress(bound)
    }

    deinit { clinux_close(descriptor) }

    /// Bytes that the kernel granted for receiving; Linux counts its own overhead in, twice what was asked for.
    public var receiveBuffer: Int { max(0, Int(clinux_receive_buffer(descriptor))) }

    /// Asks the kernel to keep what ICMP says of datagrams that this IPv4 socket sent; `takeError` gives it, and `Epoll` wakes for it.
    public func keepErrors() throws(LinuxError) { try LinuxError.check(clinux_udp_keep_errors(descriptor), "keep errors of a socket") }

    /// The next report that a datagram did not arrive, and where it was sent.
    public func takeError() -> (destination: SocketAddress, code: Int32)? {
        var destination = clinux_address()
        let code = clinux_udp_take_error(descriptor, &destination)
        return code == 0 ? nil : (SocketAddress(destination), code)
    }

    /// The address of this machine that a datagram to `remote` would leave from; `nil` if there is no way to it.
    public static func source(towards remote: SocketAddress) -> SocketAddress? {
        var wanted = remote.shim
        var source = clinux_address()
        return clinux_route_source(&wanted, &source) == 0 ? SocketAddress(source) : nil
    }

    /// What became of a datagram that was to be sent. A lost one is lost: UDP has no other promise.
    public enum SendVerdict: Equatable, Sendable {
        case sent
        /// The socket's buffer is full.
        case congested
        /// The kernel will not send it: no route, too long, a firewall.
        case refused(LinuxError)
    }

    /// Sends `bytes[range]` to `remote`, from `local` if the socket is bound to more than one address.
    public func send(
        _ bytes: [UInt8], _ range: Range<Int>, to remote: SocketAddress, from local: SocketAddress? = nil
    ) -> SendVerdict {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
            return .refused(LinuxError(operation: "send", code: EINVAL))
        }
        var outgoing = clinux_outgoing(OutgoingDatagram(range, to: remote, from: local))
        let result = bytes.withUnsafeBufferPointer { clinux_send(descriptor, $0.baseAddress, &outgoing) }
        switch -result {
        case 0: return .sent
        case EAGAIN, ENOBUFS: return .congested
        case let code: return .refused(LinuxError(operation: "send", code: code))
        }
    }

    /// Sends many datagrams that lie in one arena, with as few system calls as there can be.
    /// - Returns: how many the kernel took. One that it refuses is skipped; when its buffer is full, the rest is dropped.
    @discardableResult
    public func send(_ arena: [UInt8], _ datagrams: [OutgoingDatagram], with batch: DatagramBatch) -> Int {
        arena.withUnsafeBufferPointer { bytes in
            var sent = 0
            var next = 0
            while next < datagrams.count {
                var prepared = 0
                while prepared < batch.capacity, next < datagrams.count {
                    let datagram = datagrams[next]
                    next += 1
                    guard datagram.start >= 0, datagram.length >= 0, datagram.length <= bytes.count,
                        datagram.start <= bytes.count - datagram.length
                    else { continue }
                    clinux_batch_outgoing(batch.memory, Int32(prepared)).pointee = clinux_outgoing(datagram)
                    prepared += 1
                }
                guard sendPrepared(prepared, from: bytes, with: batch, sent: &sent) else { return sent }
            }
            return sent
        }
    }

    /// - Returns: `false` when the socket's buffer is full.
    private func sendPrepared(
        _ count: Int, from bytes: UnsafeBufferPointer<UInt8>, with batch: DatagramBatch, sent: inout Int
    ) -> Bool {
        var first = 0
        while first < count {
            let result = clinux_send_batch(batch.memory, descriptor, bytes.baseAddress, Int32(first), Int32(count))
            switch result {
            case 1...:
                first += Int(result)
                sent += Int(result)
            case -EAGAIN, -ENOBUFS:
                return false
            default:
                // The first one of the rest is refused, for a reason of its own.
                first += 1
            }
        }
        return true
    }
}

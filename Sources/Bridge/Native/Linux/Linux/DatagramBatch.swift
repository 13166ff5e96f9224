import CLinux
import Glibc

/// Preallocated memory for receiving and sending many datagrams with one system call.
///
/// One per thread serves all its sockets, so that a socket of its own costs no memory.
public final class DatagramBatch {
    /// Datagrams per system call.
    public let capacity: Int
    /// Longer ones are dropped.
    public let datagramSize: Int
    /// Datagrams dropped because they were longer than `datagramSize`.
    public private(set) var oversized = 0

    let memory: OpaquePointer
    /// Handed to the receiver of each datagram, so that it can decrypt in place.
    private var datagram: [UInt8] = []

    /// - Parameters:
    ///   - capacity: datagrams per system call, 1 to 1,024.
    ///   - datagramSize: bytes, 64 to 65,536.
    public init(capacity: Int = 32, datagramSize: Int = 2048) throws(LinuxError) {
        self.capacity = min(max(capacity, 1), 1024)
        self.datagramSize = min(max(datagramSize, 64), 65_536)
        guard let memory = clinux_batch_create(Int32(self.capacity), Int32(self.datagramSize)) else {
            throw LinuxError(operation: "allocate a batch", code: ENOMEM)
        }
        self.memory = memory
        datagram.reserveCapacity(self.datagramSize)
    }

    deinit { clinux_batch_free(memory) }

    /// Takes what waits at `socket`, at most `capacity` datagrams; `body` may change the array, which is reused.
    ///
    /// - Parameter body: `age` is how long the datagram lay in the socket, by the kernel's note of its arrival (0 to 1 s).
    /// - Returns: how many were taken. Fewer than `capacity` means that none is left.
    public func receive(
        from socket: UDPSocket,
        _ body: (_ datagram: inout [UInt8], _ remote: SocketAddress, _ local: SocketAddress, _ age: Duration) -> Void
    ) -> Int {
        let count = Int(clinux_receive(memory, socket.descriptor))
        // An error on a datagram socket concerns an earlier datagram, and is gone when it has been reported.
        guard count > 0 else { return 0 }
        for index in 0..<count {
            let received = clinux_batch_received(memory, Int32(index))
            guard !received.truncated, let bytes = received.bytes else {
                oversized &+= 1
                continue
            }
            datagram.removeAll(keepingCapacity: true)
            datagram.append(contentsOf: UnsafeBufferPointer(start: bytes, count: received.length))
            var local = socket.localAddress
            if received.has_local {
                local.high = received.local.high
                local.low = received.local.low
            }
            body(&datagram, SocketAddress(received.remote), local, .nanoseconds(received.age))
        }
        return count
    }
}

import COpenSSL

/// The two ends that OpenSSL reads from and writes to in place of a socket: each read and each write is one datagram.
///
/// A memory BIO would glue the records of a flight together; DTLS needs the borders of datagrams.
final class DatagramPipe {
    /// The datagram that OpenSSL reads next; empty when there is none.
    private var incoming: [UInt8] = []
    private var outgoing: [[UInt8]] = []
    private let mtu: Int

    /// A flight is two or three datagrams; when nobody takes them, further ones are lost as on any network.
    static let maximumQueued = 16

    init(mtu: Int) { self.mtu = mtu }

    func offer(_ datagram: [UInt8]) { incoming = datagram }

    func take(into bytes: inout [UInt8]) -> Bool {
        guard !outgoing.isEmpty else { return false }
        bytes.append(contentsOf: outgoing.removeFirst())
        return true
    }

    /// - Returns: a BIO that reads from and writes to this pipe, which must outlive it.
    func makeBIO() -> OpaquePointer? {
        guard let method = PipeMethod.shared.pointer, let bio = BIO_new(method) else { return nil }
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
        return bio
    }

    // MARK: What OpenSSL calls

    fileprivate func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        guard !incoming.isEmpty else { return nil }
        // A reader with less room than the datagram has bytes loses the rest, as with a socket.
        let count = min(buffer.count, incoming.count)
        for index in 0..<count { buffer[index] = incoming[index] }
        incoming = []
        return count
    }

    fileprivate func write(_ datagram: UnsafeBufferPointer<UInt8>) {
        guard outgoing.count < Self.maximumQueued else { return }
        outgoing.append([UInt8](datagram))
    }

    fileprivate func control(_ command: Int32) -> Int {
        switch command {
        case BIO_CTRL_FLUSH: 1
        case BIO_CTRL_DGRAM_QUERY_MTU, BIO_CTRL_DGRAM_GET_FALLBACK_MTU: mtu
        // The MTU counts what is in the datagram: there is nothing around it here.
        case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD: 0
        default: 0
        }
    }

    fileprivate static func of(_ bio: OpaquePointer?) -> DatagramPipe? {
        guard let data = BIO_get_data(bio) else { return nil }
        return Unmanaged<DatagramPipe>.fromOpaque(data).takeUnretainedValue()
    }
}

/// The BIO method of all pipes. `@unchecked Sendable`: it is complete before anyone sees it and is never changed.
private struct PipeMethod: @unchecked Sendable {
    let pointer: OpaquePointer?

    static let shared = PipeMethod()

    private init() {
        pointer = BIO_meth_new(BIO_get_new_index() | Int32(BIO_TYPE_SOURCE_SINK), "datagram pipe")
        guard let pointer else { return }
        BIO_meth_set_read(pointer) { bio, bytes, count in
            guard let bio, let bytes, count > 0, let pipe = DatagramPipe.of(bio) else { return -1 }
            let room = UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)).bindMemory(to: UInt8.self)
            guard let read = pipe.read(into: room) else {
                copenssl_retry_read(bio)
                return -1
            }
            copenssl_no_retry(bio)
            return Int32(read)
        }
        BIO_meth_set_write(pointer) { bio, bytes, count in
            guard let bio, let bytes, count >= 0, let pipe = DatagramPipe.of(bio) else { return -1 }
            copenssl_no_retry(bio)
            pipe.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)).bindMemory(to: UInt8.self))
            // A datagram that was not taken is lost on the way; OpenSSL will send it again.
            return count
        }
        BIO_meth_set_ctrl(pointer) { bio, command, _, _ in
            DatagramPipe.of(bio)?.control(command) ?? 0
        }
    }
}

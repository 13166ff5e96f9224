import NIOCore
import NIOPosix

/// The bytes of one TCP connection, from the client's side.
struct LoopbackConnection {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received = ByteBuffer()

    init(inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
        self.inbound = inbound
        self.outbound = outbound
    }

    /// Opens a plain TCP connection to a loopback port, and closes it after `body`. It is closed after 5 s in any case, which ends every wait for it.
    static func open<Value: Sendable>(port: Int, _ body: @Sendable (inout LoopbackConnection) async throws -> Value) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let limit = channel.channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.channel.close(promise: nil) }
        defer { limit.cancel() }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = LoopbackConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&connection)
        }
    }

    func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }
    func send(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    /// Everything until the server closes; what came before an error counts too.
    mutating func readToEnd() async -> [UInt8] {
        while await readMore() {}
        defer { received.clear() }
        return Array(received.readableBytesView)
    }

    /// Up to and with the empty line after a head.
    mutating func readHead() async -> String {
        while true {
            let text = String(decoding: received.readableBytesView, as: UTF8.self)
            if let end = text.range(ofHeadEnd: "\r\n\r\n") {
                let head = String(text[..<end])
                received.moveReaderIndex(forwardBy: head.utf8.count)
                return head
            }
            guard await readMore() else { return text }
        }
    }

    /// Exactly `count` bytes, or `nil` if the server closes before.
    mutating func read(_ count: Int) async -> [UInt8]? {
        while received.readableBytes < count {
            guard await readMore() else { return nil }
        }
        return received.readBytes(length: count)
    }

    private mutating func readMore() async -> Bool {
        guard var buffer = try? await inbound.next() else { return false }
        received.writeBuffer(&buffer)
        return true
    }
}

extension String {
    /// The index behind the first `mark`.
    fileprivate func range(ofHeadEnd mark: String) -> String.Index? {
        let bytes = Array(utf8)
        let end = Array(mark.utf8)
        guard bytes.count >= end.count else { return nil }
        for start in 0...(bytes.count - end.count) where Array(bytes[start..<start + end.count]) == end {
            return utf8.index(utf8.startIndex, offsetBy: start + end.count)
        }
        return nil
    }
}

/// An HTTP answer as it came.
struct RawAnswer {
    let status: Int
    private let headers: [(name: String, value: String)]
    let body: String

    init(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = (parts.first ?? "").split(separator: "\r\n")
        status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
        headers = lines.dropFirst().compactMap { line in
            let pair = line.split(separator: ":", maxSplits: 1)
            return pair.count == 2 ? (pair[0].lowercased(), String(pair[1].drop(while: { $0 == " " }))) : nil
        }
        body = parts.count == 2 ? String(parts[1]) : ""
    }

    subscript(header: String) -> String? { headers.first { $0.name == header.lowercased() }?.value }
}

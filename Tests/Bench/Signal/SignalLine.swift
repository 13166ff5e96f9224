import Foundation
import NIOCore
import NIOWebSocket

/// The sending half of a WebSocket to `/signal`.
struct SignalLine: Sendable {
    let channel: any Channel

    func send(_ frame: ClientFrame) {
        guard let json = try? JSONEncoder().encode(frame) else { return }
        let frame = WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(bytes: json))
        channel.writeAndFlush(frame, promise: nil)
    }

    func close() async { try? await channel.close() }
}

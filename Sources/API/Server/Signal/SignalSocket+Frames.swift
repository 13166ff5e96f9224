import NIOCore
import NIOWebSocket

extension Outbox.Item {
    var frame: WebSocketFrame {
        switch self {
        case .text(let bytes):
            return WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: bytes))
        case .pong(let bytes):
            return WebSocketFrame(fin: true, opcode: .pong, data: ByteBuffer(bytes: bytes))
        case .close(let close):
            var data = ByteBuffer()
            data.writeInteger(close.code)
            data.writeString(close.reason)
            return WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
        case .closeEcho(let code):
            var data = ByteBuffer()
            if let code { data.writeInteger(code) }
            return WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
        }
    }
}

extension SignalClose {
    /// What a fault of the WebSocket itself is answered with; `nil` for a connection that broke.
    init?(_ error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength, NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge:
            self = .frameTooLarge
        case is NIOWebSocketError, is NIOWebSocketFrameAggregator.Error, is WebSocketFrameRules.Broken:
            self = .protocolError
        default:
            return nil
        }
    }
}

import NIOCore
import NIOWebSocket

/// The rules of RFC 6455 that NIO leaves to its users: a client masks (5.1), no extension was agreed on, and an opcode is a known one (5.2).
final class WebSocketFrameRules: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame

    struct Broken: Error {}

    private static let opcodes: Set<WebSocketOpcode> = [.continuation, .text, .binary, .connectionClose, .ping, .pong]

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        if frame.maskKey == nil || frame.rsv1 || frame.rsv2 || frame.rsv3 || !Self.opcodes.contains(frame.opcode) {
            context.fireErrorCaught(Broken())
        } else {
            context.fireChannelRead(data)
        }
    }
}

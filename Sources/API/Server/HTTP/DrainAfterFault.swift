import NIOCore
import NIOWebSocket

/// Keeps reading a WebSocket whose bytes can no longer be understood.
///
/// After an oversize frame the rest of it still arrives. Closing on unread bytes would make the kernel reset the connection,
/// and the browser would never see the close code that says why. So they are read and dropped, within a bound.
final class DrainAfterFault: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame

    /// Reads of at most a receive buffer each; who sends more than this was not going to listen.
    private static let readLimit = 512

    private var readsLeft: Int?

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if readsLeft == nil {
            readsLeft = Self.readLimit
            context.read()
        }
        context.fireErrorCaught(error)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if readsLeft == nil { context.fireChannelRead(data) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        guard let left = readsLeft else { return }
        readsLeft = left - 1
        // Past the handlers above, which have stopped asking.
        if left > 0 { context.read() } else { context.close(promise: nil) }
    }
}

import NIOCore

/// Goes on reading after a close, until the connection is gone.
///
/// A close over TLS waits for the other side's close_notify or its FIN. Nobody asks for bytes any more by then, so neither would be seen,
/// and every socket would linger for the whole shutdown timeout, longer than the process may take to end.
final class ReadWhileClosing: ChannelDuplexHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny

    private var isClosing = false

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        isClosing = true
        context.close(mode: mode, promise: promise)
        readOn(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nobody answers it any more.
        if !isClosing { context.fireChannelRead(data) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if isClosing { readOn(context) }
    }

    private func readOn(_ context: ChannelHandlerContext) {
        if context.channel.isActive { context.read() }
    }
}

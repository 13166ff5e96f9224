import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Ends what would hold a connection for ever: a body that does not come to its end, and a reader who does not read.
///
/// Heads are `FirstRequestGate`'s and, between requests, the idle time-out's, which counts whole parts: a head that trickles in does not extend it.
package final class RequestDeadlines: ChannelDuplexHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    /// From a request's head to its end.
    package static let bodyPatience = TimeAmount.seconds(30)
    /// For which a reader may take nothing while much waits for it.
    package static let readerPatience = TimeAmount.seconds(30)

    private var bodyTimer: Scheduled<Void>?
    private var readerTimer: Scheduled<Void>?
    /// Requests whose head has come, and answers whose end has been written.
    private var asked = 0
    private var answered = 0
    private var hasBegunAnswer = false
    private var isOver = false

    package init() {}

    package func handlerRemoved(context: ChannelHandlerContext) { cancel() }

    package func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch Self.unwrapInboundIn(data) {
        case .head:
            asked += 1
            bodyTimer?.cancel()
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            bodyTimer = context.eventLoop.scheduleTask(in: Self.bodyPatience) {
                let (handler, context) = bound.value
                handler.giveUpBody(context)
            }
        case .body: break
        case .end:
            bodyTimer?.cancel()
            bodyTimer = nil
        }
        context.fireChannelRead(data)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch Self.unwrapOutboundIn(data) {
        // 100 and its kind come before the answer.
        case .head(let head): if head.status.kind != .informational { hasBegunAnswer = true }
        case .body: break
        case .end:
            answered += 1
            hasBegunAnswer = false
        }
        context.write(data, promise: promise)
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        readerTimer?.cancel()
        readerTimer = nil
        if !context.channel.isWritable {
            let channel = context.channel
            readerTimer = context.eventLoop.scheduleTask(in: Self.readerPatience) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    private func cancel() {
        bodyTimer?.cancel()
        readerTimer?.cancel()
        (bodyTimer, readerTimer) = (nil, nil)
    }

    /// Says so, where the answer to this very request has not begun; then it is over in any case.
    private func giveUpBody(_ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        let channel = context.channel
        guard asked == answered + 1, !hasBegunAnswer else { return context.close(promise: nil) }
        let refusal = RawResponse.problem(.requestTimeout, code: "request_timeout", detail: "The body has not arrived in time.")
        context.write(Self.wrapOutboundOut(.head(refusal.response)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(ByteBuffer(bytes: refusal.body))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}

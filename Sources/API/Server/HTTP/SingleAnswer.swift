import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Sees to it that each request has one answer, whatever else comes on its connection.
///
/// Hummingbird answers 400 whenever the parser gives up. Behind a whole request that is right: the next one is malformed, and has the
/// answer that comes after. Within the body of a request that is answered already it is wrong: whoever pipelines would take it for the
/// answer to the next request (RFC 9112 section 9.3.2). There the connection only ends.
package final class SingleAnswer: ChannelDuplexHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    /// Until the other side has read what was said: with unread bytes a full close would reset the connection before.
    package static let farewell = TimeAmount.seconds(1)

    /// Requests whose head has come, and answers whose end has been written.
    private var asked = 0
    private var answered = 0
    private var isWithinRequest = false
    private var hasBegunAnswer = false
    private var isOver = false

    package init() {}

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head:
            asked += 1
            isWithinRequest = true
        case .body: break
        case .end: isWithinRequest = false
        }
        context.fireChannelRead(data)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // The rest of an answer that nobody is to get; who writes it has done nothing wrong.
        guard !isOver else {
            promise?.succeed()
            return
        }
        switch Self.unwrapOutboundIn(data) {
        case .head(let head) where hasBegunAnswer || answered == asked:
            if head.status.kind != .informational { end(context, saying: !hasBegunAnswer && !isWithinRequest) }
            promise?.succeed()
            return
        // 100 and its kind come before the answer.
        case .head(let head): hasBegunAnswer = head.status.kind != .informational
        case .body: break
        case .end:
            answered += 1
            hasBegunAnswer = false
        }
        context.write(data, promise: promise)
    }

    private func end(_ context: ChannelHandlerContext, saying: Bool) {
        isOver = true
        let channel = context.channel
        if saying {
            let refusal = RawResponse.problem(.badRequest, code: "malformed_request", detail: "The request is not HTTP/1.1.")
            context.write(Self.wrapOutboundOut(.head(refusal.response)), promise: nil)
            context.write(Self.wrapOutboundOut(.body(ByteBuffer(bytes: refusal.body))), promise: nil)
            context.write(Self.wrapOutboundOut(.end(nil)), promise: nil)
        }
        context.flush()
        context.close(mode: .output, promise: nil)
        context.eventLoop.scheduleTask(in: Self.farewell) { channel.close(promise: nil) }
    }
}

import HTTPTypes
import NIOCore
import NIOHTTP1

/// A refusal written straight into the channel, before there is a router to answer.
struct RawResponse: Sendable {
    let head: HTTPResponseHead
    let body: [UInt8]

    static func problem(_ status: HTTPResponseStatus, code: String, detail: String) -> RawResponse {
        var generator = SystemRandomNumberGenerator()
        let id = RequestID(random: &generator)
        let body = RequestID.$current.withValue(id) {
            ProblemDocument.body(status: Int(status.code), title: status.reasonPhrase, code: code, detail: detail)
        }
        var headers = HTTPHeaders([
            ("Content-Type", ProblemDocument.contentType), ("Content-Length", String(body.count)), ("Connection", "close"),
            ("Cache-Control", "no-store"), (RequestID.headerName, id.text),
        ])
        for (name, value) in SecurityHeaders.always { headers.add(name: name, value: value) }
        return RawResponse(head: HTTPResponseHead(version: .http1_1, status: status, headers: headers), body: body)
    }

    /// The head in the terms of the routes.
    var response: HTTPResponse {
        var response = HTTPResponse(status: .init(code: Int(head.status.code), reasonPhrase: head.status.reasonPhrase))
        for (name, value) in head.headers {
            if let name = HTTPField.Name(name) { response.headerFields[name] = value }
        }
        return response
    }

    /// The connection is done for: only the first request of one can upgrade, and this was it.
    func writeAndClose(on channel: any Channel) {
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
        channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
            // Only the output: with unread bytes a full close would reset the connection before the refusal is read.
            channel.close(mode: .output, promise: nil)
        }
        channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }
}

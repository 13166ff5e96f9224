import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A JSON answer, never cached.
enum JSONAnswer {
    static func response(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let body = ByteBuffer(bytes: try encode(value))
        return Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"], body: ResponseBody(byteBuffer: body))
    }

    static func encode(_ value: some Encodable) throws -> Data { Data(try DocumentEncoder.encode(value)) }
}

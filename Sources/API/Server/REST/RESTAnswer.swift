import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Store
import Zlib

/// What a route answers. It can be kept and given again, byte for byte.
struct RESTAnswer: Sendable, Equatable, Codable {
    var status: Int
    /// Beyond those that every answer has.
    var headers: [String: String]
    var body: Data

    init(status: Int, headers: [String: String] = [:], body: Data = Data()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A document, with its row's version as `ETag`, where it has one.
    static func document(_ value: some Encodable, status: Int = 200, version: Int64? = nil) throws -> RESTAnswer {
        var headers = ["Content-Type": "application/json"]
        if let version { headers["ETag"] = EntityTag.text(version) }
        return RESTAnswer(status: status, headers: headers, body: try JSONAnswer.encode(value))
    }

    /// 201 with the new thing's address.
    static func created(_ value: some Encodable, at location: String, version: Int64? = nil) throws -> RESTAnswer {
        var answer = try document(value, status: 201, version: version)
        answer.headers["Location"] = location
        return answer
    }

    /// A page of a list: `{data, next}`; `next` is null at the end.
    static func page<Entry: Sendable>(_ page: Page<Entry>, _ document: (Entry) -> some Encodable) throws -> RESTAnswer {
        try .document(PageDocument(data: page.entries.map(document), next: page.next?.text))
    }

    /// 204.
    static let nothing = RESTAnswer(status: 204)

    /// Bytes from which on a compressed body pays.
    static let leastToCompress = 1_024

    /// 304, if the caller has this version already (`If-None-Match`).
    func unlessKnown(to headers: HTTPFields) -> RESTAnswer {
        guard status == 200, let tag = self.headers["ETag"], let known = headers[.ifNoneMatch], EntityTag.isKnown(tag, by: known) else { return self }
        return RESTAnswer(status: 304, headers: ["ETag": tag])
    }

    /// gzip, if the caller takes it and it pays. What has an `ETag` stays as it is: the tag stands for these very bytes.
    func compressed(for headers: HTTPFields) -> RESTAnswer {
        guard self.headers["ETag"] == nil, body.count >= Self.leastToCompress else { return self }
        var answer = self
        answer.headers["Vary"] = "Accept-Encoding"
        guard Negotiation.acceptsGzip(headers[.acceptEncoding]), let compressed = Gzip.compress(Array(body)) else { return answer }
        answer.headers["Content-Encoding"] = "gzip"
        answer.body = Data(compressed)
        return answer
    }

    func response(_ more: HTTPFields = [:]) -> Response {
        var fields = more
        fields[.cacheControl] = "no-store"
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return Response(
            status: HTTPResponse.Status(code: status), headers: fields,
            body: body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

private struct PageDocument<Entry: Encodable>: Encodable {
    var data: [Entry]
    var next: String?

    enum CodingKeys: String, CodingKey { case data, next }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(data, forKey: .data)
        // Null, not absent: the end of a list is said, not left out.
        try container.encode(next, forKey: .next)
    }
}

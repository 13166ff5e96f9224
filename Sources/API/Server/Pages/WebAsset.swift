import Crypto
import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// One embedded file of the pages, with what HTTP needs to know of it.
package struct WebAsset: Sendable {
    package let name: String
    let contentType: String
    let body: ByteBuffer
    /// Strong: it changes with any byte.
    package let etag: String

    init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        contentType = Self.contentType(of: name)
        body = ByteBuffer(bytes: bytes)
        etag = "\"" + HexDigits.encode(SHA256.hash(data: bytes).prefix(16)) + "\""
    }

    private static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        case "woff2": "font/woff2"
        default: "application/octet-stream"
        }
    }

    /// Kept by browsers, and asked for again each time: a new build must never meet a page of the old one.
    func response(to request: Request) -> Response {
        var headers: HTTPFields = [.eTag: etag, .cacheControl: "no-cache"]
        if isKnown(to: request) { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = contentType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// RFC 9110 section 13.1.2: the weak comparison.
    private func isKnown(to request: Request) -> Bool {
        guard let header = request.headers[.ifNoneMatch] else { return false }
        return header.split(separator: ",").contains { tag in
            let tag = tag.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
            let text = String(tag)
            return text == "*" || text == etag || text == "W/" + etag
        }
    }
}

import Crypto
import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Zlib

/// One embedded file of the pages, with what HTTP needs to know of it.
package struct WebAsset: Sendable {
    package let name: String
    let contentType: String
    let body: ByteBuffer
    /// Strong: it changes with any byte.
    package let etag: String
    /// The same, compressed, where that is worth it. No page holds a secret, so that none can be guessed by its length.
    private let gzip: ByteBuffer?
    private let gzipTag: String

    init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        contentType = Self.contentType(of: name)
        body = ByteBuffer(bytes: bytes)
        let digest = HexDigits.encode(SHA256.hash(data: bytes).prefix(16))
        etag = "\"\(digest)\""
        gzipTag = "\"\(digest)-gzip\""
        gzip = bytes.count < RESTAnswer.leastToCompress ? nil : Gzip.compress(bytes, level: 9).map { ByteBuffer(bytes: $0) }
    }

    private static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "yaml": "application/yaml; charset=utf-8"
        case "svg": "image/svg+xml"
        case "woff2": "font/woff2"
        default: "application/octet-stream"
        }
    }

    /// Kept by browsers, and asked for again each time: a new build must never meet a page of the old one.
    func response(to request: Request) -> Response {
        // A compressed answer is another representation, with a tag of its own (RFC 9110 section 8.8.3).
        let compressed = Negotiation.acceptsGzip(request.headers[.acceptEncoding]) ? gzip : nil
        let tag = compressed == nil ? etag : gzipTag
        var headers: HTTPFields = [.eTag: tag, .cacheControl: "no-cache"]
        if gzip != nil { headers[.vary] = "Accept-Encoding" }
        if let known = request.headers[.ifNoneMatch], EntityTag.isKnown(etag, by: known) || EntityTag.isKnown(gzipTag, by: known) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = contentType
        if compressed != nil { headers[.contentEncoding] = "gzip" }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: compressed ?? body))
    }
}

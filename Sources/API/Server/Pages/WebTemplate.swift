import HTTPTypes
import Hummingbird
import NIOCore

/// An embedded page with places to fill in: what its text names `{{name}}`. It is made anew for each request and kept by nobody.
struct WebTemplate: Sendable {
    private let text: String

    init(_ bytes: [UInt8]) { text = String(decoding: bytes, as: UTF8.self) }

    /// A page that has no places of its own gets them where it says `piece`.
    init(_ bytes: [UInt8], replacing piece: String, by place: String) {
        text = String(decoding: bytes, as: UTF8.self).replacing(piece, with: place, maxReplacements: 1)
    }

    /// - Parameter values: by the names of the places, as plain text: escaped here, so that it can stand in an element or in a quoted attribute.
    func response(_ status: HTTPResponse.Status, _ values: [String: String]) -> Response {
        var page = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            page += rest[..<open.lowerBound] + Self.escaped(values[String(rest[open.upperBound..<close.lowerBound])] ?? "")
            rest = rest[close.upperBound...]
        }
        page += rest
        return Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: page)))
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}

import SIP

// `#expect` takes its expression apart and keeps the parts, which a span forbids: these read from an array or a text.

/// The text of a message with its line ends as they have to be.
func wire(_ text: String) -> [UInt8] {
    Array(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n").utf8)
}

func read(_ bytes: [UInt8]) throws(SIPParseError) -> SIPMessage {
    try SIPMessage(parsing: bytes.span)
}

func readRequest(_ bytes: [UInt8]) throws -> SIPRequest {
    guard case .request(let request) = try read(bytes) else { throw NotOfThatKind() }
    return request
}

func readResponse(_ bytes: [UInt8]) throws -> SIPResponse {
    guard case .response(let response) = try read(bytes) else { throw NotOfThatKind() }
    return response
}

struct NotOfThatKind: Error {}

/// The error of reading; `nil` where there is none.
func fault(of bytes: [UInt8]) -> SIPParseError? {
    do {
        _ = try read(bytes)
        return nil
    } catch {
        return error
    }
}

func written(_ message: SIPMessage) -> [UInt8] {
    var bytes: [UInt8] = []
    message.serialise(into: &bytes)
    return bytes
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

func isKeepAlive(_ text: String) -> Bool { SIPMessage.isKeepAlive(Array(text.utf8).span) }

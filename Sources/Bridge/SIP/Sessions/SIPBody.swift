/// What a message carries for its user: opaque here, nearly always SDP.
public struct SIPBody: Equatable, Sendable {
    /// As it stands in Content-Type.
    public var contentType: String
    public var bytes: [UInt8]

    public init(contentType: String = "application/sdp", _ bytes: [UInt8]) {
        self.contentType = contentType
        self.bytes = bytes
    }

    /// `nil` for an empty body.
    init?(_ bytes: [UInt8], _ headers: HeaderFields) {
        guard !bytes.isEmpty else { return nil }
        // A body without a type is a fault; in a call it can only be meant as SDP.
        self.init(contentType: headers[.contentType] ?? "application/sdp", bytes)
    }

    /// Whether the type is `name`, whatever its parameters.
    public func isType(_ name: String) -> Bool {
        let type = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }.filter { !$0.isSpace }
        return equalIgnoringCase(String(decoding: type, as: UTF8.self), name)
    }
}

extension SIPRequest {
    public var sessionBody: SIPBody? { SIPBody(body, headers) }

    mutating func carry(_ content: SIPBody?) {
        body = content?.bytes ?? []
        headers[.contentType] = content?.contentType
    }
}

extension SIPResponse {
    public var sessionBody: SIPBody? { SIPBody(body, headers) }

    mutating func carry(_ content: SIPBody?) {
        body = content?.bytes ?? []
        headers[.contentType] = content?.contentType
    }
}

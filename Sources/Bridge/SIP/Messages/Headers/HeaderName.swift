/// The name of a header: compared without case, a compact form being the name that it stands for (RFC 3261 section 7.3.3).
public struct HeaderName: Hashable, Sendable {
    /// The name as it is written.
    public let text: String
    private let key: String

    /// - Returns: `nil` if `text` is no token, or too long.
    public init?(_ text: String) {
        guard (1...MessageLimits.headerName).contains(text.utf8.count), text.utf8.allSatisfy({ $0.isToken }) else { return nil }
        let key = String(decoding: text.utf8.map(\.lowercased), as: UTF8.self)
        self = Self.known[key] ?? Self(text: text, key: key)
    }

    private init(text: String, key: String) {
        self.text = text
        self.key = key
    }

    private init(known text: String) {
        self.init(text: text, key: String(decoding: text.utf8.map(\.lowercased), as: UTF8.self))
    }

    public static func == (left: HeaderName, right: HeaderName) -> Bool { left.key == right.key }

    public func hash(into hasher: inout Hasher) { hasher.combine(key) }

    public static let accept = HeaderName(known: "Accept")
    public static let acceptEncoding = HeaderName(known: "Accept-Encoding")
    public static let allow = HeaderName(known: "Allow")
    public static let authorization = HeaderName(known: "Authorization")
    public static let authenticationInfo = HeaderName(known: "Authentication-Info")
    public static let callID = HeaderName(known: "Call-ID")
    public static let contact = HeaderName(known: "Contact")
    public static let contentDisposition = HeaderName(known: "Content-Disposition")
    public static let contentEncoding = HeaderName(known: "Content-Encoding")
    public static let contentLength = HeaderName(known: "Content-Length")
    public static let contentType = HeaderName(known: "Content-Type")
    public static let cseq = HeaderName(known: "CSeq")
    public static let date = HeaderName(known: "Date")
    public static let event = HeaderName(known: "Event")
    public static let expires = HeaderName(known: "Expires")
    public static let from = HeaderName(known: "From")
    public static let infoPackage = HeaderName(known: "Info-Package")
    public static let maxForwards = HeaderName(known: "Max-Forwards")
    public static let minExpires = HeaderName(known: "Min-Expires")
    public static let pAssertedIdentity = HeaderName(known: "P-Asserted-Identity")
    public static let path = HeaderName(known: "Path")
    public static let proxyAuthenticate = HeaderName(known: "Proxy-Authenticate")
    public static let proxyAuthorization = HeaderName(known: "Proxy-Authorization")
    public static let proxyRequire = HeaderName(known: "Proxy-Require")
    public static let reason = HeaderName(known: "Reason")
    public static let recvInfo = HeaderName(known: "Recv-Info")
    public static let recordRoute = HeaderName(known: "Record-Route")
    public static let referTo = HeaderName(known: "Refer-To")
    public static let require = HeaderName(known: "Require")
    public static let retryAfter = HeaderName(known: "Retry-After")
    public static let route = HeaderName(known: "Route")
    public static let rseq = HeaderName(known: "RSeq")
    public static let server = HeaderName(known: "Server")
    public static let sessionExpires = HeaderName(known: "Session-Expires")
    public static let subject = HeaderName(known: "Subject")
    public static let supported = HeaderName(known: "Supported")
    public static let timestamp = HeaderName(known: "Timestamp")
    public static let to = HeaderName(known: "To")
    public static let unsupported = HeaderName(known: "Unsupported")
    public static let userAgent = HeaderName(known: "User-Agent")
    public static let via = HeaderName(known: "Via")
    public static let warning = HeaderName(known: "Warning")
    public static let wwwAuthenticate = HeaderName(known: "WWW-Authenticate")

    /// All of these by their small letters, and by their compact forms.
    private static let known: [String: HeaderName] = {
        let names: [HeaderName] = [
            accept, acceptEncoding, allow, authorization, authenticationInfo, callID, contact, contentDisposition, contentEncoding, contentLength,
            contentType, cseq,
            date, event, expires, from, infoPackage, maxForwards, minExpires, pAssertedIdentity, path, proxyAuthenticate, proxyAuthorization,
            proxyRequire, reason,
            recvInfo, recordRoute, referTo, require, retryAfter, route, rseq, server, sessionExpires, subject, supported, timestamp, to, unsupported,
            userAgent,
            via, warning, wwwAuthenticate,
        ]
        var known: [String: HeaderName] = [
            "i": callID, "m": contact, "e": contentEncoding, "l": contentLength, "c": contentType, "o": event, "f": from, "r": referTo,
            "x": sessionExpires, "s": subject, "k": supported, "t": to, "v": via,
        ]
        for name in names { known[name.key] = name }
        return known
    }()
}

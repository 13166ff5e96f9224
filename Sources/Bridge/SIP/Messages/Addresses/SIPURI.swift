/// A `sip:` or `sips:` URI (RFC 3261 section 19.1).
public struct SIPURI: Sendable {
    /// `sips:`: every hop has to be secured.
    public var isSecure: Bool
    /// The user with its %-escapes, as it stands on the wire.
    public private(set) var escapedUser: String?
    /// The password with its %-escapes. We never make one (section 19.1.1), but what was read is written again.
    public private(set) var escapedPassword: String?
    public var host: Host
    /// `nil` where none is written.
    public var port: UInt16?
    public var parameters: Parameters
    /// `?name=value&…`, with their %-escapes.
    public var headers: [Parameter]

    /// - Parameter user: in plain text; it is escaped where it has to be.
    public init(user: String? = nil, host: Host, port: UInt16? = nil, parameters: Parameters = Parameters(), isSecure: Bool = false) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.parameters = parameters
        headers = []
        self.user = user
    }

    /// The URI of an address: `sip:610@192.0.2.1:5060`.
    public init(user: String? = nil, _ address: SIPAddress) {
        self.init(user: user, host: .address(address.ip), port: address.port)
    }

    /// The user in plain text. Escaped bytes that are no UTF-8 become U+FFFD.
    public var user: String? {
        get { escapedUser.map { String(decoding: Escapes.decoded($0), as: UTF8.self) } }
        set {
            escapedUser = newValue.flatMap { $0.isEmpty ? nil : Escapes.encoded($0) { $0.isUser && $0 != UInt8(ascii: "#") } }
            if escapedUser == nil { escapedPassword = nil }
        }
    }

    /// Whether a request to it goes by loose routing (section 19.1.1).
    public var isLooseRouter: Bool { parameters.contains("lr") }

    /// The transport that it asks for; `nil` where it leaves that open.
    public var transport: SIPTransport? { parameters["transport"].flatMap { SIPTransport($0) } }

    /// Reads what comes after `sip:` or `sips:`.
    init?(_ bytes: ArraySlice<UInt8>, isSecure: Bool) {
        var scanner = TextScanner(bytes)
        self.isSecure = isSecure
        // An @ may stand only behind the user, where it also ends characters that mean something else elsewhere.
        if bytes.contains(UInt8(ascii: "@")) {
            guard let user = scanner.escapedText({ $0.isUser }), !user.isEmpty else { return nil }
            escapedUser = user
            if scanner.take(":") {
                guard let password = scanner.escapedText({ $0.isPassword }) else { return nil }
                escapedPassword = password
            }
            guard scanner.take("@") else { return nil }
        }
        guard let (host, port) = scanner.hostAndPort(), let parameters = scanner.uriParameters() else { return nil }
        self.host = host
        self.port = port
        self.parameters = parameters
        headers = []
        if scanner.take("?") {
            repeat {
                guard headers.count < MessageLimits.parameters, let name = scanner.escapedText({ $0.isURIHeader }), !name.isEmpty,
                    scanner.take("="), let value = scanner.escapedText({ $0.isURIHeader })
                else { return nil }
                headers.append(Parameter(name, value))
            } while scanner.take("&")
        }
        guard scanner.isAtEnd else { return nil }
    }

    /// Reads a whole URI, the scheme included.
    public init?(_ text: String) {
        guard case .sip(let uri)? = AddressURI(text) else { return nil }
        self = uri
    }

    public var text: String {
        var text = isSecure ? "sips:" : "sip:"
        if let escapedUser {
            text += escapedUser
            if let escapedPassword { text += ":" + escapedPassword }
            text += "@"
        }
        text += host.text
        if let port { text += ":\(port)" }
        for parameter in parameters.all {
            text += ";" + parameter.name
            if let value = parameter.value { text += "=" + value }
        }
        for (index, header) in headers.enumerated() {
            text += (index == 0 ? "?" : "&") + header.name + "=" + (header.value ?? "")
        }
        return text
    }
}

extension SIPURI: CustomStringConvertible {
    public var description: String { text }
}

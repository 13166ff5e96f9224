/// One step of the way of a request (RFC 3261 section 20.42).
public struct Via: Equatable, Sendable {
    /// What `rport` says (RFC 3581 section 4).
    public enum ResponsePort: Hashable, Sendable {
        /// The client asks for the answer to go to where the request came from.
        case requested
        /// The port that the server saw.
        case seen(UInt16)
    }

    /// What the branch of each request by RFC 3261 begins with (section 8.1.1.7).
    public static let magicCookie = "z9hG4bK"

    public var transport: SIPTransport
    public var host: Host
    public var port: UInt16?
    public var parameters: Parameters

    /// A Via of ours: with a branch, and asking for the port (RFC 3581 section 3).
    public init(_ transport: SIPTransport, host: Host, port: UInt16?, branch: String, rport: ResponsePort? = .requested) {
        self.transport = transport
        self.host = host
        self.port = port
        parameters = Parameters()
        self.rport = rport
        self.branch = branch
    }

    public var branch: String? {
        get { parameters["branch"] }
        set { parameters["branch"] = newValue }
    }

    /// Whether the branch names its transaction by itself (section 17.2.3).
    public var hasMagicCookie: Bool { branch.map { $0.utf8.count > 7 && equalIgnoringCase($0.prefix(7), Self.magicCookie) } ?? false }

    /// Where the server saw the request come from.
    public var received: IPAddress? {
        get { parameters["received"].flatMap { IPAddress($0) ?? Host($0)?.address } }
        set { parameters["received"] = newValue?.text }
    }

    /// `nil` where there is no `rport`, or a value that is no port.
    public var rport: ResponsePort? {
        get {
            guard parameters.contains("rport") else { return nil }
            guard let value = parameters["rport"] else { return .requested }
            return decimal(value.utf8).flatMap { $0 > 0 ? .seen($0) : nil }
        }
        set {
            switch newValue {
            case nil: parameters["rport"] = nil
            case .requested: parameters.set(Parameter("rport"))
            case .seen(let port): parameters["rport"] = "\(port)"
            }
        }
    }

    /// Notes in the topmost Via of a request where it came from (RFC 3261 section 18.2.1, RFC 3581 section 4).
    public mutating func note(source: SIPAddress) {
        let asksForPort = parameters.contains("rport")
        if asksForPort { rport = .seen(source.port) }
        if asksForPort || host != .address(source.ip) { received = source.ip } else { received = nil }
    }

    /// Where the response goes over an unreliable transport (RFC 3261 section 18.2.2, RFC 3581 section 4).
    ///
    /// `maddr` is not followed: multicast is not for telephony, and it would let a request aim our answers at others.
    /// - Returns: `nil` for a Via that `note(source:)` has not seen and whose host is a name.
    public var responseAddress: SIPAddress? {
        guard let ip = received ?? host.address else { return nil }
        if case .seen(let port) = rport { return SIPAddress(ip, port: port) }
        return SIPAddress(ip, port: port ?? transport.defaultPort)
    }

    /// Reads one value.
    public init?(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    init?(_ bytes: ArraySlice<UInt8>) {
        var scanner = TextScanner(bytes)
        scanner.skipSpace()
        guard let name = scanner.token(), equalIgnoringCase(name, "SIP"), scanner.takeSeparator("/"), scanner.token() == "2.0",
            scanner.takeSeparator("/"), let transport = scanner.token().flatMap({ SIPTransport($0) }), scanner.next?.isSpace == true
        else { return nil }
        scanner.skipSpace()
        guard let (host, port) = scanner.hostAndPort(isLoose: true), let parameters = scanner.headerParameters() else { return nil }
        self.transport = transport
        self.host = host
        self.port = port
        self.parameters = parameters
    }

    /// The values of a comma-separated list; `nil` if one of them cannot be read.
    static func list(_ text: String, limit: Int) -> [Via]? {
        guard let elements = Array(text.utf8)[...].listElements(limit: limit) else { return nil }
        var values: [Via] = []
        for element in elements {
            guard let value = Via(element) else { return nil }
            values.append(value)
        }
        return values
    }

    public var text: String {
        var writer = ValueWriter()
        writer.plain("SIP/2.0/\(transport.name) \(host.text)")
        if let port { writer.plain(":\(port)") }
        writer.parameters(parameters)
        return writer.text
    }
}

extension Host {
    /// The address, if it is one.
    public var address: IPAddress? {
        if case .address(let address) = self { address } else { nil }
    }
}

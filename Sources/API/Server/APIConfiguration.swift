import Domain

/// What the web process is told at its start.
public struct APIConfiguration: Sendable {
    /// A libpq conninfo string or URI.
    public var database: String
    /// At least one, none with port 0.
    public var binds: [ListenAddress]
    /// Where browsers reach this server, such as `https://phone.example.com`; the first is used in links.
    /// Empty: localhost, 127.0.0.1, [::1] and each bound address, at the port.
    public var publicURLs: [String]
    /// Origins of other sites that may show the pages in a frame. Empty: nobody.
    public var embedOrigins: [String]
    /// PEM files; both or none.
    public var tls: TLSFiles?
    /// Where the bridge's control endpoint listens, such as `http://127.0.0.1:40123`.
    public var bridgeURL: String
    /// The bridge's id: the audience of every signed request.
    public var bridgeID: String
    /// Names this process in the bridge's log.
    public var apiID: String
    /// The installation's secret, at least 32 bytes.
    public var secret: [UInt8]
    /// The build stamp, one line.
    public var build: String
    public var policy: Policy
    /// What this process takes of its machine.
    public var processFigures: @Sendable () -> ProcessFigures?

    public struct TLSFiles: Sendable {
        public var certificate: String
        public var key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    public init(
        database: String, binds: [ListenAddress], publicURLs: [String] = [], embedOrigins: [String] = [], tls: TLSFiles? = nil,
        bridgeURL: String, bridgeID: String = "bridge-1", apiID: String = "api-1", secret: [UInt8], build: String, policy: Policy = Policy(),
        processFigures: @escaping @Sendable () -> ProcessFigures? = { nil }
    ) {
        self.processFigures = processFigures
        self.database = database
        self.binds = binds
        self.publicURLs = publicURLs
        self.embedOrigins = embedOrigins
        self.tls = tls
        self.bridgeURL = bridgeURL
        self.bridgeID = bridgeID
        self.apiID = apiID
        self.secret = secret
        self.build = build
        self.policy = policy
    }
}

/// Why the web process cannot start as it was told to.
public enum APIConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    case noAddress
    case secretTooShort
    /// Not `http://` or `https://` with a host and nothing behind it.
    case malformedOrigin(String)
    case unusableCertificate(String)

    public var description: String {
        switch self {
        case .noAddress: "There is no address to listen on."
        case .secretTooShort: "The installation's secret has fewer than 32 bytes."
        case .malformedOrigin(let text): "«\(text)» is no origin. Write it as https://phone.example.com, without a path."
        case .unusableCertificate(let reason): "The TLS certificate or its key cannot be used: \(reason)"
        }
    }
}

extension APIConfiguration {
    /// - Throws: `APIConfigurationError`.
    package func origins() throws -> PublicOrigins {
        func origin(_ text: String) throws -> WebOrigin {
            guard let origin = WebOrigin(text) else { throw APIConfigurationError.malformedOrigin(text) }
            return origin
        }
        let own = publicURLs.isEmpty ? defaultOrigins : try publicURLs.map(origin)
        return PublicOrigins(own: own, embedding: try embedOrigins.map(origin))
    }

    /// Loopback by its three names, and each bound address that browsers can write.
    private var defaultOrigins: [WebOrigin] {
        var origins: [WebOrigin] = []
        for bind in binds {
            for host in ["localhost", "127.0.0.1", "::1", bind.host] where host != "0.0.0.0" && host != "::" {
                let origin = WebOrigin(isSecure: tls != nil, host: host, port: bind.port)
                if !origins.contains(origin) { origins.append(origin) }
            }
        }
        return origins
    }

    /// - Throws: `ListenError.portMissing`, `APIConfigurationError.noAddress`.
    package func validateBinds() throws {
        guard !binds.isEmpty else { throw APIConfigurationError.noAddress }
        for bind in binds where bind.port == 0 { throw ListenError.portMissing(host: bind.host) }
    }
}

extension Dialog {
    /// The next request of ours in this dialog (RFC 3261 section 12.2.1.1).
    public mutating func makeRequest(_ method: SIPMethod, via: Via) -> SIPRequest {
        localSequence = localSequence &+ 1
        return routed(method, sequence: localSequence, via: via)
    }

    /// The ACK for a 2xx: it has the number of its INVITE (section 13.2.2.4).
    public func makeAcknowledgement(of sequence: UInt32, via: Via) -> SIPRequest {
        routed(.ack, sequence: sequence, via: via)
    }

    /// The URI that the next request goes to: a loose router stands in Route, a strict one in the Request-URI.
    public var nextHop: AddressURI { routeSet.first?.uri ?? remoteTarget }

    /// Where the next request goes to.
    ///
    /// A name cannot be looked up in here. It is nearly always that of the proxy the call went out by, so the request
    /// goes there, as it would through an outbound proxy (section 8.1.2).
    public func destination(otherwise outbound: SIPAddress) -> SIPAddress {
        guard let uri = nextHop.sip else { return outbound }
        let host = uri.parameters["maddr"].flatMap { Host($0) } ?? uri.host
        guard let ip = host.address, !ip.isUnspecified else { return outbound }
        return SIPAddress(ip, port: uri.port ?? SIPTransport.udp.defaultPort)
    }

    private func routed(_ method: SIPMethod, sequence: UInt32, via: Via) -> SIPRequest {
        var uri = remoteTarget
        var routes = routeSet
        if let first = routeSet.first, case .sip(var strict) = first.uri, !strict.isLooseRouter {
            // A router of RFC 2543 expects to be the Request-URI, and the peer at the end of Route.
            routes.removeFirst()
            routes.append(NameAddress(uri: remoteTarget))
            strict.headers = []
            strict.parameters = Parameters(strict.parameters.all.filter { !equalIgnoringCase($0.name, "method") })
            uri = .sip(strict)
        }
        return SIPRequest(method, uri: uri, vias: [via], from: local, to: remote, callID: callID, cseq: sequence, routes: routes)
    }
}

import Domain
import ICE
import Media
import SIP

extension TrunkSetup {
    /// `nil` for a trunk that knows us by our address.
    var digest: DigestClient? {
        guard let username, let password else { return nil }
        return DigestClient(username: username, password: password)
    }

    /// The INVITE that calls `number` (E.164) over this trunk.
    ///
    /// From names the account, which is what most trunks route and bill by; the caller id goes into P-Asserted-Identity (RFC 3325),
    /// and into From where there is no account.
    func invite(to number: String, nextHop: SIPAddress, local: SIPAddress, offer: SIPBody) -> OutgoingCallRequest {
        let domain = Host(host) ?? .address(nextHop.ip)
        let uriPort = port == 5060 ? nil : port
        let account = fromUser ?? username ?? callerID ?? "ringlink"
        let target = AddressURI.sip(SIPURI(user: number, host: domain, port: uriPort))
        let identity = callerID.map { NameAddress(uri: .sip(SIPURI(user: $0, host: domain))) }
        return OutgoingCallRequest(
            target: target, nextHop: nextHop, from: NameAddress(uri: .sip(SIPURI(user: account, host: domain))), local: local,
            contactUser: username ?? "ringlink", assertedIdentity: identity, offer: offer, digest: digest)
    }
}

extension TelephoneCodec {
    var audio: AudioCodec {
        switch self {
        case .pcmu: .pcmu
        case .pcma: .pcma
        }
    }
}

extension TransportAddress {
    init(_ ip: SIP.IPAddress, port: UInt16) {
        self = ip.isIPv4 ? TransportAddress(ipv4: ip.ipv4, port: port) : TransportAddress(ipv6High: ip.high, low: ip.low, port: port)
    }
}

extension PhoneEnding {
    /// How a call that was answered ended.
    init(afterAnswer end: CallEnd) {
        let (party, text): (CallParty, String) =
            switch end.cause {
            case .peerHungUp: (.phone, "The phone hung up.")
            case .forgotten, .timedOut, .unacknowledged, .unreachable: (.system, "The line to the phone was lost.")
            case .refused, .cancelled, .hungUp, .noSessionDescription: (.system, "The call is over.")
            }
        self.init(.completed, by: party, text, sipStatus: end.status.map(Int.init) ?? 200, q850Cause: end.q850Cause.map(Int.init))
    }
}

import Domain
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
    /// `asserting` goes before the trunk's own caller id.
    func invite(
        to number: String, asserting asserted: String? = nil, nextHop: SIPAddress, local: SIPAddress, offer: SIPBody
    ) -> OutgoingCallRequest {
        let callerID = asserted ?? callerID
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

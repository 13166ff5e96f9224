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
    /// and into From where there is no account. `asserting` goes before the trunk's own caller ids.
    func invite(
        to number: String, asserting asserted: String? = nil, nextHop: SIPAddress, local: SIPAddress, offer: SIPBody
    ) -> OutgoingCallRequest {
        let callerID = asserted ?? callerIDs.first
        let domain = domain(at: nextHop)
        let account = fromUser ?? username ?? callerID ?? "ringlink"
        let target = AddressURI.sip(SIPURI(user: rewriting.dialled(number), host: domain, port: uriPort))
        let identity = callerID.map { NameAddress(uri: .sip(SIPURI(user: $0, host: domain))) }
        return OutgoingCallRequest(
            target: target, nextHop: nextHop, from: NameAddress(uri: .sip(SIPURI(user: account, host: domain))), local: local,
            contactUser: username ?? "ringlink", assertedIdentity: identity, offer: offer, digest: digest)
    }

    /// The OPTIONS that asks whether this trunk is there. It names the account, but needs no password: a challenge is an answer, too.
    func probe(nextHop: SIPAddress, local: SIPAddress) -> ProbeRequest {
        let domain = domain(at: nextHop)
        let from = SIPURI(user: fromUser ?? username ?? "ringlink", host: domain)
        return ProbeRequest(target: SIPURI(host: domain, port: uriPort), nextHop: nextHop, from: NameAddress(from), local: local)
    }

    private func domain(at nextHop: SIPAddress) -> Host { Host(host) ?? .address(nextHop.ip) }

    private var uriPort: UInt16? { port == 5060 ? nil : port }
}

import SIP

/// The phone's end of a dialog (RFC 3261 section 12), as short as loopback allows: nothing is lost, so nothing is repeated.
struct PhoneDialog {
    let invite: SIPRequest
    private let contact: SIPURI
    private let tag: String
    /// Where the INVITE came from, and where its responses and the BYE go.
    let remote: SIPAddress

    init(_ invite: SIPRequest, from remote: SIPAddress, contact: SIPURI, random: inout some RandomNumberGenerator) {
        self.invite = invite
        self.remote = remote
        self.contact = contact
        tag = String(UInt64.random(in: .min ... .max, using: &random), radix: 36)
    }

    func response(_ status: UInt16, sdp: String? = nil) -> SIPResponse {
        var response = SIPResponse(status, to: invite, toTag: tag, recordRoutes: true)
        response.contacts = [NameAddress(contact)]
        if let sdp {
            response.headers.append(.contentType, "application/sdp")
            response.body = Array(sdp.utf8)
        }
        return response
    }

    /// The BYE of who was called: From and To change sides (section 15.1.1).
    func bye(random: inout some RandomNumberGenerator) -> SIPRequest {
        var from = invite.to
        from.tag = tag
        let branch = Via.magicCookie + String(UInt64.random(in: .min ... .max, using: &random), radix: 36)
        return SIPRequest(
            .bye, uri: invite.contacts.first?.uri ?? invite.from.uri, vias: [Via(.udp, host: contact.host, port: contact.port, branch: branch)],
            from: from, to: invite.from, callID: invite.callID, cseq: 1)
    }
}

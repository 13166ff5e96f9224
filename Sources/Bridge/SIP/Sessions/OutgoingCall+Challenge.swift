// 401 and 407 (RFC 3261 sections 22.2 and 22.3): each realm is answered once, and again only where the nonce was stale.

extension OutgoingCall {
    func isChallenge(_ response: SIPResponse) -> Bool { response.status == 401 || response.status == 407 }

    /// Sends the INVITE again with credentials, if the challenge can be met.
    func retryInvite(
        challengedBy response: SIPResponse, using random: inout some RandomNumberGenerator, into output: inout SessionOutput
    ) -> Bool {
        guard isChallenge(response), digest?.receive(response, using: &random) == .retry else { return false }
        // The same call, a new request: the number goes up, what rang before is gone (section 8.1.3.5).
        invite.cseq = CSeq(invite.cseq.number &+ 1, .invite)
        digest?.authorize(&invite)
        early = []
        isInviteOpen = true
        phase = .calling
        start(using: &random, into: &output)
        return true
    }
}

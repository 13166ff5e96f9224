// A call of a former process, which was killed: all that is left is to end it (RFC 3261 sections 9 and 15).
//
// It starts in `over`, where a call acknowledges and lets go whoever still answers; so nothing here is special but the start.

extension OutgoingCall {
    /// Requests that the former process may have sent after its last word in the journal, above all BYE. A gap in the
    /// numbers is allowed (section 12.2.2), a number that was used is not.
    private static let unwrittenRequests: UInt32 = 8

    /// - Returns: `nil` for a snapshot that cannot be read.
    convenience init?(orphan snapshot: DialogSnapshot, digest: DigestClient?, id: SessionID, context: SessionContext) {
        guard let local = NameAddress(snapshot.local), let localTag = local.tag, let remote = NameAddress(snapshot.remote),
            let target = AddressURI(snapshot.remoteTarget), let nextHop = SIPAddress(snapshot.nextHop),
            let localAddress = SIPAddress(snapshot.localAddress)
        else { return nil }
        var routes: [NameAddress] = []
        for route in snapshot.routes {
            guard let route = NameAddress(route) else { return nil }
            routes.append(route)
        }
        let request = OutgoingCallRequest(
            target: target, nextHop: nextHop, pinsNextHop: snapshot.pinsNextHop, from: local, to: remote, routes: routes, local: localAddress,
            offer: SIPBody([]), digest: digest)
        // The skeleton of the INVITE: enough for its CANCEL, and for the ACK of what it may still come to.
        var invite = SIPRequest(
            .invite, uri: target, from: local, to: remote, callID: snapshot.callID, cseq: snapshot.inviteSequence, routes: routes)
        invite.vias = [Via(.udp, host: .address(localAddress.ip), port: localAddress.port, branch: snapshot.inviteBranch)]
        self.init(request, id: id, context: context, callID: snapshot.callID, localTag: localTag, phase: .over, invite: invite)

        switch snapshot.stage {
        case .inviting:
            break
        case .confirmed:
            isInviteOpen = false
            let dialog = Dialog(
                callID: snapshot.callID, local: local, remote: remote, routeSet: routes, remoteTarget: target,
                localSequence: snapshot.localSequence &+ Self.unwrittenRequests, remoteSequence: nil)
            forks = [AcceptedFork(dialog: dialog, acknowledgement: [], destination: nextHop, stage: .talking)]
        }
    }

    /// Sends CANCEL, and waits for what the INVITE comes to; or sends BYE.
    func startEnding(using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        if isInviteOpen {
            output.add(.resumeInvite(invite, to: path.nextHop))
            sendCancel(into: &output)
        }
        for fork in forks { sendBye(to: fork.tag, using: &random, into: &output) }
    }
}

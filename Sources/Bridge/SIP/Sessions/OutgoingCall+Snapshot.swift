extension OutgoingCall {
    /// What a later process needs to end this call.
    var snapshot: DialogSnapshot {
        if case .talking(let talk) = phase, let fork = forks.first(where: { $0.tag == talk.tag }) {
            return snapshot(.confirmed, in: fork.dialog)
        }
        // Before the answer the dialog is that of the INVITE alone; one CANCEL ends all of its forks.
        let bare = Dialog(
            callID: callID, local: invite.from, remote: invite.to, routeSet: invite.routes, remoteTarget: invite.uri,
            localSequence: invite.cseq.number, remoteSequence: nil)
        return snapshot(.inviting, in: bare)
    }

    private func snapshot(_ stage: DialogSnapshot.Stage, in dialog: Dialog) -> DialogSnapshot {
        DialogSnapshot(
            stage: stage, callID: callID, local: dialog.local.text, remote: dialog.remote.text, remoteTarget: dialog.remoteTarget.text,
            routes: dialog.routeSet.map(\.text), localSequence: dialog.localSequence, nextHop: path.nextHop.text, pinsNextHop: path.pinsNextHop,
            localAddress: path.local.text, inviteBranch: invite.via?.branch ?? "", inviteSequence: invite.cseq.number)
    }
}

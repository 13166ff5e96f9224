// A 2xx to the INVITE, of one fork or of several, and its repetitions (RFC 3261 section 13.2.2.4).

extension OutgoingCall {
    func accept(_ response: SIPResponse, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        let tag = response.to.tag ?? ""
        if let fork = forks.first(where: { $0.tag == tag }) {
            // Our ACK was lost. An orphan has none: its peer was acknowledged in a former life.
            if !fork.acknowledgement.isEmpty { output.add(.transmit(fork.acknowledgement, to: fork.destination)) }
            return
        }
        guard forks.count < context.forkLimit else { return }
        let earlier = early.first { $0.dialog.id.remoteTag == tag }
        // The route set of the 2xx counts, whatever the provisional response said (section 13.2.2.4).
        var dialog = Dialog(answeredBy: response, to: invite)
        if let earlier { dialog.inherit(earlier.dialog) }
        acknowledge(dialog, response.cseq.number, using: &random, into: &output)

        switch phase {
        case .calling, .proceeding:
            early = []
            talk(tag: tag, body: response.sessionBody ?? earlier?.body, using: &random, into: &output)
        case .calledOff(let planned), .cancelling(let planned):
            // The answer crossed our CANCEL: it counts, and is taken back (section 9.1).
            early = []
            sendBye(to: tag, using: &random, into: &output)
            end(CallEnd(planned.cause, status: response.status), into: &output)
        case .talking, .over:
            sendBye(to: tag, using: &random, into: &output)
        }
    }

    private func talk(tag: String, body: SIPBody?, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        phase = .talking(Talk(tag: tag))
        output.add(.dialog(id, snapshot))
        guard let body else {
            sendBye(to: tag, using: &random, into: &output)
            end(CallEnd(.noSessionDescription, status: 200, wasAnswered: true), into: &output)
            return
        }
        remoteBody = body
        output.add(.answered(id, body: body))
    }

    /// Sends the ACK, and keeps it.
    private func acknowledge(
        _ dialog: Dialog, _ sequence: UInt32, using random: inout some RandomNumberGenerator, into output: inout SessionOutput
    ) {
        let datagram = makeAcknowledgement(in: dialog, of: sequence, like: invite, using: &random)
        let destination = path.destination(of: dialog)
        forks.append(AcceptedFork(dialog: dialog, acknowledgement: datagram, destination: destination, stage: .talking))
        output.add(.transmit(datagram, to: destination))
    }

    /// The ACK for a 2xx: a request of its own, with the credentials of the INVITE (section 13.2.2.4).
    func makeAcknowledgement(
        in dialog: Dialog, of sequence: UInt32, like invite: SIPRequest, using random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var message = dialog.makeAcknowledgement(of: sequence, via: path.makeVia(using: &random))
        for name in [HeaderName.authorization, .proxyAuthorization] {
            for line in invite.headers.lines(name) { message.headers.append(name, line) }
        }
        message.headers[.userAgent] = context.product
        var datagram: [UInt8] = []
        message.serialise(into: &datagram)
        return datagram
    }
}

// Requests outside of any call. They are answered without a transaction (RFC 3261 section 8.2.7): one datagram in, at
// most one out, and nothing kept, so that no flood finds anything to fill. A repetition gets the same answer again.
//
// Max-Forwards is not looked at: it is for those who forward, and a request that comes with 0 has arrived (section 8.1.1.6).

extension SIPEndpoint {
    func receiveOutOfDialog(
        _ request: SIPRequest, _ key: ServerTransactionKey, from source: SIPAddress, to local: SIPAddress, now: Duration,
        random: inout some RandomNumberGenerator
    ) {
        if isOwn(request) {
            answer(request, 482, from: source, to: local, now: now)
            return
        }
        guard request.uri.sip != nil else {
            answer(request, 416, from: source, to: local, now: now)
            return
        }
        if let unsupported = Capabilities.unsupported(by: request) {
            answer(request, 420, from: source, to: local, now: now) { $0.headers[.unsupported] = unsupported }
            return
        }
        if request.method == .register, registrar != nil {
            register(request, key, from: source, to: local, now: now, random: &random)
            return
        }
        switch request.method {
        // Who knows us is told that nobody is there; to others there is nobody who could be.
        case .invite: answer(request, isKnown(source, request, now: now) ? 480 : 403, from: source, to: local, now: now)
        // These mean a call, and there is none.
        case .bye, .update, .info, .prack: answer(request, 481, from: source, to: local, now: now)
        case .options, .register, .refer, .notify, .subscribe, .message, .publish, .ack, .cancel, .other:
            switch Capabilities.verdict(on: request) {
            case .describe: answer(request, 200, from: source, to: local, now: now) { Capabilities.describe(in: &$0) }
            case .accept: answer(request, 200, from: source, to: local, now: now)
            case .refuse(let status): answer(request, status, from: source, to: local, now: now) { Capabilities.explain(&$0) }
            }
        }
    }

    /// Answers without a transaction, if the source has budget left.
    func answer(
        _ request: SIPRequest, _ status: UInt16, from source: SIPAddress, to local: SIPAddress, now: Duration,
        _ complete: (inout SIPResponse) -> Void = { _ in }
    ) {
        guard let destination = request.via?.responseAddress, spend(on: source, now: now) else { return }
        var response = SIPResponse(status, to: request, toTag: StatelessTag.text(for: request))
        response.headers[.server] = configuration.product
        complete(&response)
        var datagram: [UInt8] = []
        response.serialise(into: &datagram)
        transmit(datagram, from: local, to: destination)
    }

    /// Answers what could not be read, if it says enough of itself.
    func reject(_ rejection: SIPRejection?, from source: SIPAddress, to local: SIPAddress, now: Duration) {
        guard var rejection, spend(on: source, now: now) else { return }
        rejection.via.note(source: source)
        guard let destination = rejection.via.responseAddress else { return }
        var datagram: [UInt8] = []
        rejection.serialise(into: &datagram)
        transmit(datagram, from: local, to: destination)
    }

    private func spend(on source: SIPAddress, now: Duration) -> Bool {
        let isAllowed = peers.contains(source.ip) ? peerBudget.take(source.ip, now: now) : unknownBudget.take(source.ip, now: now)
        if !isAllowed { counters.overBudget += 1 }
        return isAllowed
    }

    /// Whether a request of ours has come back to us (section 16.3): its Via is still among those of the request.
    private func isOwn(_ request: SIPRequest) -> Bool {
        request.vias.contains { via in via.branch.map { clients[ClientTransactionKey(branch: $0, method: request.method)] != nil } ?? false }
    }
}

/// The To tag of an answer that is not remembered: the same for the same request, as if it were (RFC 3261 section 8.2.7).
enum StatelessTag {
    static func text(for request: SIPRequest) -> String {
        // FNV-1a: it has to tell requests apart, not to keep a secret.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for text in [request.via?.branch ?? "", request.callID, request.from.tag ?? "", "\(request.cseq.number)"] {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            hash = (hash ^ 0xFF) &* 0x0000_0100_0000_01B3
        }
        return String(hash, radix: 36)
    }
}

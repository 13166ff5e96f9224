import SIP
import VirtualNetwork

/// A telephone by script: what it says to the first INVITE, to the second and so on, with the retransmissions that a
/// real one has. Everything it hears is kept.
final class VirtualPhone {
    struct Step {
        var after: Duration
        var status: UInt16
        var body: SIPBody?
        /// Of which fork.
        var tag = "phone"
        var headers: [HeaderField] = []
        var recordRoutes: [NameAddress] = []
        var contact: SIPURI?

        static func ring(_ after: Duration = .zero, _ status: UInt16 = 180, body: SIPBody? = nil, tag: String = "phone") -> Step {
            Step(after: after, status: status, body: body, tag: tag)
        }

        static func answer(_ after: Duration = .zero, tag: String = "phone", recordRoutes: [NameAddress] = []) -> Step {
            Step(after: after, status: 200, body: CallRig.answer, tag: tag, recordRoutes: recordRoutes)
        }

        static func refuse(_ after: Duration = .zero, _ status: UInt16, headers: [HeaderField] = []) -> Step {
            Step(after: after, status: status, headers: headers)
        }
    }

    /// One for each new INVITE outside of a dialog; the last one goes for all further.
    var scripts: [[Step]] = []
    /// What it answers to requests in the dialog other than INVITE, by method; else 200.
    var verdicts: [SIPMethod: [Step]] = [:]
    /// What it answers to re-INVITEs, one after the other; then 200.
    var reinviteVerdicts: [Step] = []
    /// Whether it acknowledges answers to its own INVITEs, and with what.
    var acknowledges = true
    var acknowledgementBody: SIPBody?
    var answersCancel = true

    /// Requests in the order they came, repetitions too.
    private(set) var heard: [(at: Duration, request: SIPRequest, destination: SIPAddress)] = []
    /// Responses to its own requests.
    private(set) var responses: [SIPResponse] = []

    private enum Work {
        case step(Step, SIPRequest)
        case repeatResponse(String, interval: Duration, until: Duration)
        case repeatRequest(String, interval: Duration, until: Duration)
    }

    private var random: SeededGenerator
    private var queue = EventQueue<Work>()
    private var output: [Packet] = []
    private var invites = 0
    /// The last response to each request of the peer, by branch and method; with the tag for each 2xx to an INVITE.
    private var lastResponses: [String: [UInt8]] = [:]
    /// Final responses to INVITEs that wait for their ACK.
    private var unacknowledged: [String: [UInt8]] = [:]
    private var ownRequests: [String: [UInt8]] = [:]
    private(set) var dialogRequest: SIPRequest?
    private var ownSequence: UInt32 = 100
    private var cancelled: Set<String> = []
    private var finals: Set<String> = []

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    var nextDeadline: Duration? { queue.nextDue }

    func takeOutput() -> [Packet] {
        defer { output = [] }
        return output
    }

    func heard(_ method: SIPMethod) -> [SIPRequest] { heard.filter { $0.request.method == method }.map(\.request) }

    // MARK: Listening

    func receive(_ packet: Packet, now: Duration) {
        switch packet.message {
        case .request(var request)?:
            heard.append((now, request, packet.destination))
            request.vias[0].note(source: packet.source)
            receive(request, now: now)
        case .response(let response)?:
            receive(response, now: now)
        case nil:
            break
        }
    }

    private func receive(_ request: SIPRequest, now: Duration) {
        let key = Self.key(request)
        switch request.method {
        case .ack:
            unacknowledged[key] = nil
            unacknowledged["\(request.cseq.number) \(request.to.tag ?? "")"] = nil
        case .cancel:
            guard answersCancel else { return }
            send(SIPResponse(200, to: request, toTag: "phone"))
            guard let invite = heard.last(where: { $0.request.method == .invite && Self.key($0.request) == key })?.request,
                cancelled.insert(key).inserted,
                !finals.contains(key)
            else { return }
            var noted = invite
            noted.vias = request.vias
            queue.add(.step(.refuse(.zero, 487), noted), due: now)
        case .invite:
            if let last = lastResponses[key] {
                output.append(packet(last))
                return
            }
            guard lastResponses.updateValue([], forKey: key) == nil else { return }
            if request.to.tag == nil {
                dialogRequest = request
                guard !scripts.isEmpty else { return }
                for step in scripts[min(invites, scripts.count - 1)] { queue.add(.step(step, request), due: now + step.after) }
                invites += 1
            } else {
                let step = reinviteVerdicts.isEmpty ? .answer() : reinviteVerdicts.removeFirst()
                queue.add(.step(step, request), due: now + step.after)
            }
        case .bye, .options, .register, .update, .info, .prack, .refer, .notify, .subscribe, .message, .publish, .other:
            if let last = lastResponses[key] {
                output.append(packet(last))
                return
            }
            var step = Step.refuse(.zero, 200)
            if var steps = verdicts[request.method], !steps.isEmpty {
                step = steps.removeFirst()
                verdicts[request.method] = steps
            }
            queue.add(.step(step, request), due: now + step.after)
        }
    }

    private static func key(_ request: SIPRequest) -> String {
        let method = request.method == .ack || request.method == .cancel ? SIPMethod.invite : request.method
        return "\(request.via?.branch ?? "") \(method.name)"
    }

    private func take(_ step: Step, for request: SIPRequest, now: Duration) {
        let key = Self.key(request)
        // After a cancelled one only its 487 counts, unless it was faster.
        if request.method == .invite, step.status != 487, step.status < 200, finals.contains(key) { return }
        var response = SIPResponse(step.status, to: request, toTag: step.status == 100 ? nil : step.tag)
        response.contacts = [NameAddress(step.contact ?? SIPURI(user: "phone", CallRig.trunk))]
        response.recordRoutes = step.recordRoutes
        for header in step.headers { response.headers.append(header.name, header.value) }
        response.body = step.body?.bytes ?? []
        if let body = step.body { response.headers[.contentType] = body.contentType }
        var datagram: [UInt8] = []
        response.serialise(into: &datagram)
        output.append(packet(datagram))
        lastResponses[key] = datagram
        guard request.method == .invite, response.isFinal else { return }
        finals.insert(key)
        let waiting = response.isSuccess ? "\(request.cseq.number) \(step.tag)" : key
        unacknowledged[waiting] = datagram
        queue.add(.repeatResponse(waiting, interval: .milliseconds(500), until: now + .seconds(32)), due: now + .milliseconds(500))
    }

    // MARK: Speaking

    /// Sends a request in the dialog, and repeats it until it is answered.
    func send(
        _ method: SIPMethod, body: SIPBody? = nil, tag: String = "phone", headers: [HeaderField] = [], contact: SIPURI? = nil,
        sequence: UInt32? = nil,
        now: Duration
    ) {
        guard let invite = dialogRequest else { return }
        ownSequence += 1
        var from = invite.to
        from.tag = tag
        var request = SIPRequest(
            method, uri: invite.contacts.first?.uri ?? invite.uri, from: from, to: invite.from, callID: invite.callID,
            cseq: sequence ?? ownSequence, contacts: [NameAddress(contact ?? SIPURI(user: "phone", CallRig.trunk))])
        let branch = "z9hG4bKphone\(random.next())"
        request.vias = [Via(.udp, host: .address(CallRig.trunk.ip), port: 5060, branch: branch)]
        for header in headers { request.headers.append(header.name, header.value) }
        request.body = body?.bytes ?? []
        if let body { request.headers[.contentType] = body.contentType }
        var datagram: [UInt8] = []
        request.serialise(into: &datagram)
        output.append(packet(datagram))
        let key = "\(branch) \(method.name)"
        ownRequests[key] = datagram
        ownInvites[key] = method == .invite ? request : nil
        queue.add(.repeatRequest(key, interval: .milliseconds(500), until: now + .seconds(32)), due: now + .milliseconds(500))
    }

    /// Takes its last INVITE back.
    func cancelInvite(now: Duration) {
        guard let invite = ownInvites.values.max(by: { $0.cseq.number < $1.cseq.number }) else { return }
        let cancel = SIPRequest(
            .cancel, uri: invite.uri, vias: invite.vias, from: invite.from, to: invite.to, callID: invite.callID, cseq: invite.cseq.number)
        var datagram: [UInt8] = []
        cancel.serialise(into: &datagram)
        output.append(packet(datagram))
    }

    private var ownInvites: [String: SIPRequest] = [:]

    private func receive(_ response: SIPResponse, now: Duration) {
        let key = "\(response.via?.branch ?? "") \(response.cseq.method.name)"
        if response.isFinal { ownRequests[key] = nil }
        responses.append(response)
        guard response.cseq.method == .invite, response.isFinal, acknowledges, let invite = ownInvites[key] else { return }
        var ack = SIPRequest(
            .ack, uri: invite.uri, vias: invite.vias, from: invite.from, to: response.to, callID: invite.callID, cseq: invite.cseq.number)
        if response.isSuccess {
            ack.vias[0].branch = "z9hG4bKack\(random.next())"
            ack.body = acknowledgementBody?.bytes ?? []
            if let acknowledgementBody { ack.headers[.contentType] = acknowledgementBody.contentType }
        }
        var datagram: [UInt8] = []
        ack.serialise(into: &datagram)
        output.append(packet(datagram))
    }

    // MARK: Time

    func handleDeadline(now: Duration) {
        while let (_, work) = queue.removeNext(until: now) {
            switch work {
            case .step(let step, let request):
                take(step, for: request, now: now)
            case .repeatResponse(let key, let interval, let until):
                guard let datagram = unacknowledged[key], now < until else { continue }
                output.append(packet(datagram))
                let next = min(interval * 2, .seconds(4))
                queue.add(.repeatResponse(key, interval: next, until: until), due: now + next)
            case .repeatRequest(let key, let interval, let until):
                guard let datagram = ownRequests[key], now < until else { continue }
                output.append(packet(datagram))
                let next = min(interval * 2, .seconds(4))
                queue.add(.repeatRequest(key, interval: next, until: until), due: now + next)
            }
        }
    }

    private func send(_ response: SIPResponse) {
        var datagram: [UInt8] = []
        response.serialise(into: &datagram)
        output.append(packet(datagram))
    }

    private func packet(_ datagram: [UInt8]) -> Packet { Packet(datagram: datagram, source: CallRig.trunk, destination: CallRig.local) }
}

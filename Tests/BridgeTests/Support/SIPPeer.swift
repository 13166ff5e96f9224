import SIP

/// A telephone or a trunk that says what the test tells it to, and keeps what it hears.
///
/// By itself it only does what every one does: it answers BYE, and CANCEL with the 487 that follows, and acknowledges answers to its INVITEs.
final class SIPPeer {
    let address: SIPAddress
    /// Whether it answers BYE and CANCEL.
    var isPolite = true
    /// What OPTIONS outside of a call is answered at once; `nil`: the test does it.
    var options: UInt16?
    /// Requests in the order they came, repetitions too.
    private(set) var requests: [SIPRequest] = []
    private(set) var responses: [SIPResponse] = []
    private let send: ([UInt8]) -> Void
    private var lastInvite: SIPRequest?
    private var branches = 0

    init(at address: SIPAddress, send: @escaping ([UInt8]) -> Void) {
        self.address = address
        self.send = send
    }

    func count(_ method: SIPMethod) -> Int { requests.count { $0.method == method } }
    func last(_ method: SIPMethod) -> SIPRequest? { requests.last { $0.method == method } }

    /// What a telephone says of its audio.
    func description(_ direction: String = "sendrecv", codec: String = "0", version: Int = 1) -> String {
        """
        v=0\r
        o=- 1 \(version) IN IP4 \(address.ip.text)\r
        s=-\r
        c=IN IP4 \(address.ip.text)\r
        t=0 0\r
        m=audio 40000 RTP/AVP \(codec)\r
        a=\(direction)\r

        """
    }

    // MARK: Speaking

    /// Answers the latest request of that method.
    func respond(_ status: UInt16, to method: SIPMethod = .invite, body: String? = nil, header: HeaderField? = nil) {
        guard let request = last(method) else { return }
        respond(status, to: request, body: body, header: header)
    }

    func ring() { respond(180) }

    func answer() { respond(200, body: description()) }

    /// Asks for a password.
    func challenge(_ status: UInt16 = 401, to method: SIPMethod = .invite) {
        let value = DigestChallenge(realm: "trunk", nonce: "n1", algorithm: .md5).text
        respond(status, to: method, header: HeaderField(status == 401 ? .wwwAuthenticate : .proxyAuthenticate, value))
    }

    private func respond(_ status: UInt16, to request: SIPRequest, body: String?, header: HeaderField? = nil) {
        var response = SIPResponse(status, to: request, toTag: "peer")
        response.contacts = [NameAddress(SIPURI(user: "peer", address))]
        if let header { response.headers.append(header.name, header.value) }
        if let body {
            response.headers[.contentType] = "application/sdp"
            response.body = Array(body.utf8)
        }
        var datagram: [UInt8] = []
        response.serialise(into: &datagram)
        send(datagram)
    }

    /// A request in the dialog that the latest INVITE made.
    func request(_ method: SIPMethod, body: String? = nil) {
        guard let invite = requests.last(where: { $0.method == .invite && $0.to.tag == nil }) else { return }
        var from = invite.to
        from.tag = "peer"
        var request = SIPRequest(
            method, uri: invite.contacts.first?.uri ?? invite.uri, from: from, to: invite.from, callID: invite.callID,
            cseq: UInt32(100 + branches), contacts: [NameAddress(SIPURI(user: "peer", address))])
        if let body {
            request.headers[.contentType] = "application/sdp"
            request.body = Array(body.utf8)
        }
        if method == .invite { lastInvite = request }
        send(request)
    }

    /// Sends a request of any kind under a new branch.
    func send(_ request: SIPRequest) {
        branches += 1
        var request = request
        request.vias = [Via(.udp, host: .address(address.ip), port: address.port, branch: "z9hG4bKpeer\(branches)")]
        var datagram: [UInt8] = []
        request.serialise(into: &datagram)
        send(datagram)
    }

    /// Registers as an extension.
    func register(_ number: String, password: String) {
        var digest = DigestClient(username: number, password: password)
        var random = SystemRandomNumberGenerator()
        for sequence in 1...2 as ClosedRange<UInt32> {
            var request = SIPRequest(
                .register, uri: .sip(SIPURI(DeskRig.local)), from: NameAddress(SIPURI(user: number, DeskRig.local), tag: "f"),
                to: NameAddress(SIPURI(user: number, DeskRig.local)), callID: "register-\(address)", cseq: sequence,
                contacts: [NameAddress(SIPURI(user: number, address))])
            request.headers[.expires] = "300"
            digest.authorize(&request)
            send(request)
            guard let answer = responses.last, digest.receive(answer, using: &random) == .retry else { return }
        }
    }

    // MARK: Listening

    func take(_ message: SIPMessage) {
        switch message {
        case .response(let response):
            responses.append(response)
            guard response.isFinal, response.cseq.method == .invite, var acknowledgement = lastInvite else { return }
            acknowledgement.method = .ack
            acknowledgement.cseq = CSeq(acknowledgement.cseq.number, .ack)
            acknowledgement.body = []
            acknowledgement.headers.remove(.contentType)
            lastInvite = nil
            send(acknowledgement)
        case .request(let request):
            requests.append(request)
            guard isPolite else { return }
            switch request.method {
            case .bye: respond(200, to: request, body: nil)
            case .options where request.to.tag == nil: if let options { respond(options, to: request, body: nil) }
            case .cancel:
                respond(200, to: request, body: nil)
                guard let invite = requests.first(where: { $0.method == .invite && $0.via?.branch == request.via?.branch }) else { return }
                respond(487, to: invite, body: nil)
            // These are for the test to answer.
            case .invite, .ack, .options, .register, .update, .info, .prack, .refer, .notify, .subscribe, .message, .publish, .other: break
            }
        }
    }
}

/// A response whose mandatory headers have been read (RFC 3261 section 8.2.6).
public struct SIPResponse: Equatable, Sendable {
    /// 100 to 699.
    public var status: UInt16
    public var reasonPhrase: String
    /// The topmost first, which is that of who sent the request; never empty in a response that was read.
    public var vias: [Via]
    public var from: NameAddress
    public var to: NameAddress
    public var callID: String
    public var cseq: CSeq
    public var contacts: [NameAddress]
    public var recordRoutes: [NameAddress]
    /// All headers besides those above and Content-Length.
    public var headers: HeaderFields
    public var body: [UInt8]

    public init(
        _ status: UInt16, _ reasonPhrase: String? = nil, vias: [Via], from: NameAddress, to: NameAddress, callID: String, cseq: CSeq,
        contacts: [NameAddress] = [], recordRoutes: [NameAddress] = [], headers: HeaderFields = HeaderFields(), body: [UInt8] = []
    ) {
        self.status = status
        self.reasonPhrase = reasonPhrase ?? Status.reasonPhrase(status)
        self.vias = vias
        self.from = from
        self.to = to
        self.callID = callID
        self.cseq = cseq
        self.contacts = contacts
        self.recordRoutes = recordRoutes
        self.headers = headers
        self.body = body
    }

    /// The response to a request: Via, From, To, Call-ID and CSeq are its own (section 8.2.6.2).
    /// - Parameters:
    ///   - toTag: put into To where the request has none; 100 goes without (section 8.2.6.1).
    ///   - recordRoutes: whether to give Record-Route back, as a response that makes a dialog has to (section 12.1.1).
    public init(_ status: UInt16, _ reasonPhrase: String? = nil, to request: SIPRequest, toTag: String?, recordRoutes: Bool = false) {
        self.init(
            status, reasonPhrase, vias: request.vias, from: request.from, to: request.to, callID: request.callID, cseq: request.cseq,
            recordRoutes: recordRoutes ? request.recordRoutes : [])
        if to.tag == nil { to.tag = toTag }
        if status == 100, let timestamp = request.headers[.timestamp] { headers.append(.timestamp, timestamp) }
    }

    public var via: Via? { vias.first }
    public var isProvisional: Bool { status < 200 }
    public var isFinal: Bool { status >= 200 }
    public var isSuccess: Bool { (200...299).contains(status) }
}

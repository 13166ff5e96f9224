/// A request whose mandatory headers have been read (RFC 3261 section 8.1.1).
///
/// What has a type of its own stands in a property of its own and nowhere else: `headers` holds the rest.
public struct SIPRequest: Equatable, Sendable {
    public var method: SIPMethod
    public var uri: AddressURI
    /// The topmost first; never empty in a request that was read.
    public var vias: [Via]
    public var from: NameAddress
    public var to: NameAddress
    public var callID: String
    public var cseq: CSeq
    /// `nil` where the header is missing: clients of RFC 2543 send none.
    public var maxForwards: UInt8?
    /// The addresses of Contact; empty also for `*`.
    public var contacts: [NameAddress]
    /// Whether Contact is `*`: only in REGISTER, to remove all (section 10.2.2).
    public var hasWildcardContact: Bool
    public var routes: [NameAddress]
    public var recordRoutes: [NameAddress]
    /// All headers besides those above and Content-Length.
    public var headers: HeaderFields
    public var body: [UInt8]

    public init(
        _ method: SIPMethod, uri: AddressURI, vias: [Via] = [], from: NameAddress, to: NameAddress, callID: String, cseq: UInt32,
        maxForwards: UInt8? = 70, contacts: [NameAddress] = [], routes: [NameAddress] = [], headers: HeaderFields = HeaderFields(), body: [UInt8] = []
    ) {
        self.method = method
        self.uri = uri
        self.vias = vias
        self.from = from
        self.to = to
        self.callID = callID
        self.cseq = CSeq(cseq, method)
        self.maxForwards = maxForwards
        self.contacts = contacts
        hasWildcardContact = false
        self.routes = routes
        recordRoutes = []
        self.headers = headers
        self.body = body
    }

    public var via: Via? { vias.first }
}

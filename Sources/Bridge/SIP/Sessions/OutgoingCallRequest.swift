/// All that is needed to place one call.
public struct OutgoingCallRequest: Sendable {
    /// Whom to call: the Request-URI.
    public var target: AddressURI
    /// Where the INVITE is sent; names have been looked up before.
    public var nextHop: SIPAddress
    /// Whether everything in the call goes to `nextHop` where no proxy asked otherwise: for a telephone behind a NAT, whose Contact cannot be reached.
    public var pinsNextHop: Bool
    /// Who calls, without tag: the caller id where the trunk takes it from From.
    public var from: NameAddress
    /// Whom the user meant, without tag.
    public var to: NameAddress
    /// Proxies that the INVITE has to pass (Route), the nearest first.
    public var routes: [NameAddress]
    /// The address that this peer reaches us at: the host and the port of Via and Contact.
    public var local: SIPAddress
    /// The user of our Contact.
    public var contactUser: String?
    /// The caller id where the trunk takes it from P-Asserted-Identity (RFC 3325).
    public var assertedIdentity: NameAddress?
    /// More headers of the INVITE.
    public var headers: HeaderFields
    /// The offer.
    public var offer: SIPBody
    /// What a challenge is answered with; `nil` for a trunk that knows us by our address.
    public var digest: DigestClient?

    public init(
        target: AddressURI, nextHop: SIPAddress, pinsNextHop: Bool = false, from: NameAddress, to: NameAddress? = nil, routes: [NameAddress] = [],
        local: SIPAddress, contactUser: String? = nil, assertedIdentity: NameAddress? = nil, headers: HeaderFields = HeaderFields(),
        offer: SIPBody, digest: DigestClient? = nil
    ) {
        self.target = target
        self.nextHop = nextHop
        self.pinsNextHop = pinsNextHop
        self.from = from
        self.to = to ?? NameAddress(uri: target)
        self.routes = routes
        self.local = local
        self.contactUser = contactUser
        self.assertedIdentity = assertedIdentity
        self.headers = headers
        self.offer = offer
        self.digest = digest
    }
}

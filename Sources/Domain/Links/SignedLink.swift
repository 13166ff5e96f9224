import Crypto

/// A link that says by an HMAC that it was issued for this installation, and exactly as it stands.
///
/// What is signed: `ringlink-link-v1` and a line `name=value` for each parameter that is present, in the one order
/// `lid room dial trunk name cam role nbf exp kid`, each line ended by a line feed; values are decoded, normalised (a number as
/// `+` and digits, either spelling of a camera that is off as `cam=off`, one that is on as absent) and encoded again by RFC 3986.
/// The key is the decoded 32 bytes, the hash SHA-256, and `sig` is base64url without padding.
public struct SignedLink: Sendable, Equatable {
    public static let version = "ringlink-link-v1"

    public var id: LinkID
    /// Its `room` is set; a `name` that is absent is free.
    public var link: RoomLink
    public var role: LinkRole?
    /// Seconds since 1970 UTC: before it the link does not open.
    public var notBefore: Int64?
    /// Seconds since 1970 UTC: from then on the link does not open.
    public var expiresAt: Int64?
    public var key: SigningKeyID
    public let room: RoomSlug

    /// `link.room` is replaced by `room`: a signed link has one.
    public init(
        id: LinkID, room: RoomSlug, link: RoomLink, role: LinkRole? = nil, notBefore: Int64? = nil, expiresAt: Int64? = nil, key: SigningKeyID
    ) {
        self.id = id
        self.room = room
        self.link = link
        self.link.room = room
        self.role = role
        self.notBefore = notBefore
        self.expiresAt = expiresAt
        self.key = key
    }

    /// The bytes under the signature.
    public var canonical: [UInt8] {
        var text = Self.version + "\n"
        for (parameter, value) in values { text += parameter.rawValue + "=" + FormURLEncoding.encode(value) + "\n" }
        return Array(text.utf8)
    }

    /// In the order in which they are signed.
    private var values: [(RoomLink.Parameter, String)] {
        let all: [(RoomLink.Parameter, String?)] = [
            (.lid, id.text), (.room, room.text), (.dial, link.dial?.text), (.trunk, link.trunk?.text), (.name, link.name?.text),
            (.cam, link.camera ? nil : "off"), (.role, role?.rawValue), (.nbf, notBefore.map(String.init)), (.exp, expiresAt.map(String.init)),
            (.kid, key.text),
        ]
        return all.compactMap { parameter, value in value.map { (parameter, $0) } }
    }

    /// - Parameter secret: the signing key's 32 bytes.
    public func signature(with secret: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: canonical, using: SymmetricKey(data: secret)))
    }

    /// Compared in constant time.
    public func isSigned(by signature: [UInt8], with secret: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: canonical, using: SymmetricKey(data: secret))
    }

    /// The query of the whole link, without `?`: what a person reads first comes first.
    public func query(signature: [UInt8]) -> String {
        let signed = values.filter { $0.0.isOfSignature }.map { $0.0.rawValue + "=" + FormURLEncoding.encode($0.1) }
        return ([link.query] + signed + ["sig=" + Base64URL.encode(signature)]).joined(separator: "&")
    }

    /// Whether the link's own time permits it at `now`, milliseconds since 1970 UTC.
    public func fault(now: Int64) -> LinkFault? {
        if let notBefore, now < notBefore.seconds { return .notYetValid }
        if let expiresAt, now >= expiresAt.seconds { return .expired }
        return nil
    }
}

extension Int64 {
    /// As milliseconds.
    fileprivate var seconds: Int64 {
        let (milliseconds, overflow) = multipliedReportingOverflow(by: 1_000)
        return overflow ? (self < 0 ? .min : .max) : milliseconds
    }
}

extension RoomLink.Parameter {
    /// What only a signed link has.
    public var isOfSignature: Bool {
        switch self {
        case .lid, .role, .nbf, .exp, .kid, .sig: true
        case .room, .name, .dial, .trunk, .cam, .nocam: false
        }
    }
}

extension SignedLink {
    /// Reads a link, and if it claims to be signed, its signature, which is not verified yet. `nil` if it makes no such claim.
    ///
    /// One parameter of a signature is a claim, an empty one too: a link that lost the others was edited, and must not pass for a plain one.
    public static func read(query: String) throws(SignedLinkError) -> (link: SignedLink, signature: [UInt8])? {
        let link: RoomLink
        let claims: [RoomLink.Parameter: String]
        do throws(RoomLinkError) { (link, claims) = try RoomLink.read(query: query) } catch { throw .malformed(error) }
        guard !claims.isEmpty else { return nil }
        // What is no number has no one form that could be signed.
        if case .unreadable(let text) = link.dial {
            throw .invalidDial(DialTarget.isEmergency(writtenAs: text) ? .emergencyNumber : .invalidNumber)
        }
        func parse<T>(_ parameter: RoomLink.Parameter, _ read: (String) -> T?) throws(SignedLinkError) -> T? {
            guard let text = claims[parameter] else { return nil }
            guard let value = read(text) else { throw .refused(.tampered) }
            return value
        }
        let lid = try parse(.lid) { LinkID($0) }
        let kid = try parse(.kid) { SigningKeyID($0) }
        let signature = try parse(.sig) { Base64URL.decode($0).flatMap { $0.count == SHA256.byteCount ? $0 : nil } }
        let role = try parse(.role) { LinkRole(rawValue: $0) }
        let notBefore = try parse(.nbf, Self.seconds)
        let expiresAt = try parse(.exp, Self.seconds)
        guard let lid, let kid, let signature, let room = link.room else { throw .refused(.tampered) }
        return (SignedLink(id: lid, room: room, link: link, role: role, notBefore: notBefore, expiresAt: expiresAt, key: kid), signature)
    }

    /// Decimal seconds in their one form.
    private static func seconds(_ text: String) -> Int64? {
        guard (1...12).contains(text.utf8.count), let seconds = Int64(text), seconds >= 0, String(seconds) == text else { return nil }
        return seconds
    }
}

/// Why the query of a signed link is none.
public enum SignedLinkError: ExplainedError, Sendable, Equatable {
    case malformed(RoomLinkError)
    case invalidDial(DialTargetError)
    case refused(LinkFault)

    public var problem: Problem {
        switch self {
        case .malformed(let error): error.problem
        case .invalidDial(let error): error.problem
        case .refused(let fault): fault.problem
        }
    }
}

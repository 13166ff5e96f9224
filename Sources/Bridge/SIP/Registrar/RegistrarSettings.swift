/// What a registrar grants, in seconds and in numbers.
public struct RegistrarSettings: Sendable {
    /// For a REGISTER that names no time, or none that can be read.
    public var defaultExpires: UInt32 = 3600
    /// Less is answered 423 (RFC 3261 section 10.3 step 7).
    public var minimumExpires: UInt32 = 60
    /// More is cut down to this.
    public var maximumExpires: UInt32 = 7200
    /// Contacts of one extension.
    public var maximumContacts = 8
    /// Extensions with a contact.
    public var maximumExtensions = 10_000
    /// REGISTERs of one source address that are answered per second, on the average and at once.
    public var requestsPerSecond: UInt32 = 10
    public var burst: UInt32 = 40

    /// What telephones are challenged with, the best first. SHA-256 is not asked for unless it is listed here: many telephones give
    /// up on a 401 that holds a challenge whose algorithm they do not know, wherever it stands, in spite of RFC 8760 section 2.4.
    public var algorithms: [DigestAlgorithm] = [.md5]

    public init() {}
}

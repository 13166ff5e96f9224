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

    public init() {}
}

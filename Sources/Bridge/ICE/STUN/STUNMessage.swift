/// A STUN message as ICE uses it (RFC 8489, RFC 8445 section 16): a plain value of numbers and byte ranges.
///
/// Being read says nothing about who sent it: ask `isAuthentic(in:key:)` before believing a word.
public struct STUNMessage: Equatable, Sendable {
    public enum Kind: UInt8, Sendable {
        case request, indication, success, error
    }

    public var kind: Kind
    /// 12 bits; `bindingMethod` is the only one that ICE uses.
    public var method: UInt16
    public var transactionID: STUNTransactionID
    /// Where the bytes of USERNAME lie.
    public var username: Range<Int>?
    public var priority: UInt32?
    /// USE-CANDIDATE: the path of this check is nominated.
    public var isNominating = false
    /// The tie-breaker of ICE-CONTROLLING.
    public var controlling: UInt64?
    /// The tie-breaker of ICE-CONTROLLED.
    public var controlled: UInt64?
    /// XOR-MAPPED-ADDRESS, in the clear.
    public var mappedAddress: TransportAddress?
    /// The number in ERROR-CODE, 300–699.
    public var errorCode: UInt16?
    /// Types that must be known and are not, in order; a request with any is refused with 420.
    public var unknownRequired: [UInt16] = []
    /// Where the MESSAGE-INTEGRITY attribute begins.
    public internal(set) var integrity: Int?
    /// Whether there was a FINGERPRINT, and then a right one.
    public internal(set) var hasFingerprint = false

    public static let bindingMethod: UInt16 = 1
    public static let headerLength = 20
    static let cookie: UInt32 = 0x2112_A442
    static let fingerprintMask: UInt32 = 0x5354_554E

    /// Whether MESSAGE-INTEGRITY is there and was made with `key`, in the datagram that this was read from.
    public func isAuthentic(in datagram: Span<UInt8>, key: borrowing STUNIntegrityKey) -> Bool {
        guard let integrity, integrity + 4 + STUNIntegrityKey.codeLength <= datagram.count else { return false }
        return key.isCode(at: integrity + 4, of: datagram, attribute: integrity)
    }
}

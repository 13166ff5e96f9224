import Crypto

/// Names a lock of FraudGuard: `gl_` and 12 lowercase hex digits.
public struct GuardLockID: PrefixedID {
    public static let prefix = "gl_"
    public static let digits = 12
    public let text: String
    public init(unchecked text: String) { self.text = text }

    /// The lock that a dial was the one too many for: it follows from the dial, so that a transaction that is run again makes the same.
    public init(of call: CallID) {
        let digest = SHA256.hash(data: Array("ringlink guard lock v1 \(call.text)".utf8))
        self.init(unchecked: Self.prefix + String(HexDigits.encode(digest).prefix(Self.digits)))
    }
}

/// A link or a trunk that places no calls for a while, after too many within a short time.
public struct GuardLock: Sendable, Equatable {
    public enum Subject: Sendable, Equatable {
        case link(LinkID)
        case trunk(TrunkID)
    }

    public var id: GuardLockID
    public var subject: Subject
    /// So many dials within so many seconds, and one more.
    public var dials: Int
    public var seconds: Int
    /// Milliseconds since 1970 UTC.
    public var lockedAt: Int64
    public var until: Int64

    public init(id: GuardLockID, subject: Subject, dials: Int, seconds: Int, lockedAt: Int64, until: Int64) {
        self.id = id
        self.subject = subject
        self.dials = dials
        self.seconds = seconds
        self.lockedAt = lockedAt
        self.until = until
    }
}

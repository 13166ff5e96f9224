/// A connectivity check, as the asking side makes it (RFC 8445 section 7.1).
public struct STUNBindingRequest: Sendable {
    public enum Role: Sendable {
        case controlling(tieBreaker: UInt64)
        case controlled(tieBreaker: UInt64)
    }

    public var transactionID: STUNTransactionID
    /// `remote:local` as seen by the sender, at most 513 bytes.
    public var username: String
    public var priority: UInt32
    public var role: Role
    /// Whether to send USE-CANDIDATE.
    public var isNominating: Bool

    public init(
        transactionID: STUNTransactionID, username: String, priority: UInt32, role: Role, isNominating: Bool = false
    ) {
        self.transactionID = transactionID
        self.username = username
        self.priority = priority
        self.role = role
        self.isNominating = isNominating
    }

    /// Appends the request, protected with the password of the side that is asked.
    public func append(key: STUNIntegrityKey, to bytes: inout [UInt8]) {
        let writer = STUNMessageWriter(.request, transactionID, to: &bytes)
        writer.append(STUNAttributeType.username, username, to: &bytes)
        writer.append(STUNAttributeType.priority, priority, to: &bytes)
        switch role {
        case .controlling(let tieBreaker): writer.append(STUNAttributeType.controlling, tieBreaker, to: &bytes)
        case .controlled(let tieBreaker): writer.append(STUNAttributeType.controlled, tieBreaker, to: &bytes)
        }
        if isNominating { writer.append(STUNAttributeType.useCandidate, length: 0, to: &bytes) }
        writer.finish(key: key, &bytes)
    }
}

extension STUNMessage {
    /// Appends a Binding success response.
    /// - Parameters:
    ///   - address: where the request came from.
    ///   - key: of the side that answers.
    public static func appendBindingSuccess(
        _ transactionID: STUNTransactionID, mappedAddress address: TransportAddress, key: STUNIntegrityKey,
        to bytes: inout [UInt8]
    ) {
        let writer = STUNMessageWriter(.success, transactionID, to: &bytes)
        writer.append(STUNAttributeType.xorMappedAddress, length: address.isIPv4 ? 8 : 20, to: &bytes)
        bytes.append(bigEndian: address.isIPv4 ? 1 : 2 as UInt16)
        bytes.append(bigEndian: address.port ^ UInt16(truncatingIfNeeded: cookie >> 16))
        if address.isIPv4 {
            bytes.append(bigEndian: address.ipv4 ^ cookie)
        } else {
            let mask = transactionID.addressMask
            bytes.append(bigEndian: address.high ^ mask.high)
            bytes.append(bigEndian: address.low ^ mask.low)
        }
        writer.finish(key: key, &bytes)
    }

    /// Appends a Binding error response.
    /// - Parameters:
    ///   - unknown: the types to name in an answer 420, at most `mostAttributes`.
    ///   - key: of the side that answers; `nil` for an answer to somebody who has no credential (400, 401).
    public static func appendBindingError(
        _ code: STUNErrorCode, _ transactionID: STUNTransactionID, unknown: [UInt16] = [], key: STUNIntegrityKey?,
        to bytes: inout [UInt8]
    ) {
        let writer = STUNMessageWriter(.error, transactionID, to: &bytes)
        writer.append(STUNAttributeType.errorCode, length: 4 + code.reason.utf8.count, to: &bytes)
        bytes.append(bigEndian: UInt32(code.rawValue / 100) << 8 | UInt32(code.rawValue % 100))
        bytes.append(contentsOf: code.reason.utf8)
        writer.pad(&bytes)
        if !unknown.isEmpty {
            let named = unknown.prefix(mostAttributes)
            writer.append(STUNAttributeType.unknownAttributes, length: 2 * named.count, to: &bytes)
            for type in named { bytes.append(bigEndian: type) }
            writer.pad(&bytes)
        }
        writer.finish(key: key, &bytes)
    }
}

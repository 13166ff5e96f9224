/// The attribute types that we read or write (RFC 8489 section 18.3, RFC 8445 section 16.1).
enum STUNAttributeType {
    static let username: UInt16 = 0x0006
    static let messageIntegrity: UInt16 = 0x0008
    static let errorCode: UInt16 = 0x0009
    static let unknownAttributes: UInt16 = 0x000A
    static let realm: UInt16 = 0x0014
    static let nonce: UInt16 = 0x0015
    static let xorMappedAddress: UInt16 = 0x0020
    static let priority: UInt16 = 0x0024
    static let useCandidate: UInt16 = 0x0025
    static let mappedAddress: UInt16 = 0x0001
    static let fingerprint: UInt16 = 0x8028
    static let controlled: UInt16 = 0x8029
    static let controlling: UInt16 = 0x802A

    /// Whether a message must not be acted on by somebody who does not know the type (RFC 8489 section 14).
    static func mustBeKnown(_ type: UInt16) -> Bool { type < 0x8000 }
}

/// The error codes that we answer with (RFC 8489 section 14.8, RFC 8445 section 7.3.1.1).
public enum STUNErrorCode: UInt16, Sendable, CaseIterable {
    case badRequest = 400
    case unauthenticated = 401
    case unknownAttribute = 420
    case roleConflict = 487

    var reason: String {
        switch self {
        case .badRequest: "Bad Request"
        case .unauthenticated: "Unauthenticated"
        case .unknownAttribute: "Unknown Attribute"
        case .roleConflict: "Role Conflict"
        }
    }
}

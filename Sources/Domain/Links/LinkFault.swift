/// Why a minted link does not open, or does not dial any more.
public enum LinkFault: ExplainedError, Sendable, Equatable, CaseIterable {
    /// Changed after it was signed, or a part of the signature is missing or malformed.
    case tampered
    case expired
    case notYetValid
    case revoked
    /// Signed with a key that is not known here, or was revoked.
    case keyUnknown
    case usedUp
    /// There is no link of this name.
    case unknown

    public var problem: Problem { Problem(code) }

    private var code: ProblemCode {
        switch self {
        case .tampered: .linkTampered
        case .expired: .linkExpired
        case .notYetValid: .linkNotYetValid
        case .revoked: .linkRevoked
        case .keyUnknown: .linkKeyUnknown
        case .usedUp: .linkUsedUp
        case .unknown: .unknownLink
        }
    }
}

/// What a browser may do in the room that it came to by a link.
public enum LinkRole: String, Codable, Sendable, CaseIterable {
    case host
    case guest
}

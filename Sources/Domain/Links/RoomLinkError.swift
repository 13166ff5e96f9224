/// Why a link cannot be used. Nothing is joined and nothing is dialled.
public enum RoomLinkError: ExplainedError, Sendable, Equatable {
    /// The value of a parameter, or (`nil`) the whole query.
    case tooLong(RoomLink.Parameter?)
    /// A known parameter came twice.
    case duplicated(RoomLink.Parameter)
    /// A broken `%` escape, or bytes that are not UTF-8.
    case damaged(RoomLink.Parameter)
    /// A value that the parameter cannot have.
    case malformed(RoomLink.Parameter)

    /// The parameter to look at; `nil` when it is the link as a whole.
    public var parameter: RoomLink.Parameter? {
        switch self {
        case .tooLong(let parameter): parameter
        case .duplicated(let parameter), .damaged(let parameter), .malformed(let parameter): parameter
        }
    }

    public var problem: Problem {
        switch self {
        case .tooLong(nil): Problem(.malformedLink, "This link is too long.")
        case .tooLong(let parameter?): Problem(parameter.code, "The value of \(parameter.rawValue)= in this link is too long.")
        case .duplicated(let parameter): Problem(.duplicateParameter, "This link has \(parameter.rawValue)= twice. Ask for it again.")
        case .damaged(let parameter):
            Problem(parameter.code, "The value of \(parameter.rawValue)= in this link is damaged. Copy the link again in one piece.")
        case .malformed(let parameter): Problem(parameter.code)
        }
    }
}

extension RoomLink.Parameter {
    /// The code of a value of this parameter that cannot be used.
    fileprivate var code: ProblemCode {
        switch self {
        case .room: .invalidRoom
        case .name: .invalidName
        case .dial: .invalidNumber
        case .trunk: .invalidTrunk
        case .cam, .nocam: .invalidCamera
        case .lid, .role, .nbf, .exp, .kid, .sig: .linkTampered
        }
    }
}

/// Why a link cannot be used. Nothing is joined and nothing is dialled.
public enum RoomLinkError: ExplainedError, Sendable, Equatable {
    /// The address is not that of `/room.html`.
    case notARoomPage
    case queryTooLong
    case tooLong(RoomLink.Parameter)
    /// A known parameter came twice.
    case duplicated(RoomLink.Parameter)
    /// A broken `%` escape, or bytes that are not UTF-8.
    case invalidEncoding(RoomLink.Parameter)
    case invalidRoom
    case invalidName
    case invalidDial(DialTargetError)
    case invalidTrunk
    case invalidCamera(RoomLink.Parameter)

    /// The parameter to look at; `nil` when it is the link as a whole.
    public var parameter: RoomLink.Parameter? {
        switch self {
        case .notARoomPage, .queryTooLong: nil
        case .tooLong(let parameter), .duplicated(let parameter), .invalidEncoding(let parameter), .invalidCamera(let parameter): parameter
        case .invalidRoom: .room
        case .invalidName: .name
        case .invalidDial: .dial
        case .invalidTrunk: .trunk
        }
    }

    public var problem: Problem {
        switch self {
        case .notARoomPage: Problem(.malformedLink, "A link to a room has \(RoomLink.path) before the question mark.")
        case .queryTooLong: Problem(.malformedLink, "This link is too long.")
        case .tooLong(let parameter): Problem(parameter.code, "The value of \(parameter.rawValue)= in this link is too long.")
        case .duplicated(let parameter): Problem(.duplicateParameter, "This link has \(parameter.rawValue)= twice. Ask for it again.")
        case .invalidEncoding(let parameter):
            Problem(parameter.code, "The value of \(parameter.rawValue)= in this link is damaged. Copy the link again in one piece.")
        case .invalidRoom: Problem(.invalidRoom)
        case .invalidName: Problem(.invalidName)
        case .invalidDial(let error): error.problem
        case .invalidTrunk: Problem(.invalidTrunk)
        case .invalidCamera: Problem(.invalidCamera)
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

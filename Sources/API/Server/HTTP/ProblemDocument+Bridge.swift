import Domain
import HTTPTypes

// What the bridge has to do with.
extension ProblemDocument {
    /// 503: it cannot be reached, or goes down.
    static let bridgeUnavailable = ProblemDocument(.serviceUnavailable, Problem(.bridgeUnavailable)).adding([.retryAfter: "2"])

    /// Another installation on the same database has the call at its own bridge.
    static let elsewhere = conflict("call_elsewhere", "The call is up at another installation on this database. Ask there.")

    /// What the bridge, or the way to it, did not do.
    init(_ problem: Problem) {
        switch problem.code {
        case .bridgeUnavailable, .atCapacity: self = ProblemDocument(.serviceUnavailable, problem).adding([.retryAfter: "2"])
        case .unknownCall, .unknownParticipant: self = ProblemDocument(.notFound, problem)
        case .notAnswered, .dtmfNotNegotiated: self = ProblemDocument(.conflict, problem)
        default: self = ProblemDocument.serverError
        }
    }

    /// Fields that a later release brings, each by its name.
    static func notSupported(fields: [String]) -> ProblemDocument {
        ProblemDocument(
            .unprocessableContent, code: ProblemCode.notSupported.rawValue, detail: "This is not offered yet; `errors` says what.",
            errors: fields.map { FieldFault(pointer: JSONPointer.step(from: "#", to: $0), detail: "This is not offered yet.") })
    }
}

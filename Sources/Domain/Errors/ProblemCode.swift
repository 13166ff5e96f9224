/// What went wrong, as programs see it: a code that never changes its meaning, and the verdict that goes with it.
///
/// The raw values are the `code` of an error frame (`docs/protocol.md`), of a REST problem and of a log line alike.
public enum ProblemCode: String, Codable, Sendable, CaseIterable {
    // What a link or a frame says.
    case malformedFrame = "malformed_frame"
    case unknownType = "unknown_type"
    case malformedLink = "malformed_link"
    case duplicateParameter = "duplicate_parameter"
    case invalidRoom = "invalid_room"
    case invalidName = "invalid_name"
    case invalidNumber = "invalid_number"
    case emergencyNumber = "emergency_number"
    case invalidTrunk = "invalid_trunk"
    case invalidCamera = "invalid_camera"
    case invalidLoad = "invalid_load"
    case invalidKey = "invalid_key"
    case invalidOffer = "invalid_offer"
    case notSupported = "not_supported"
    // What it asks for, at the wrong moment or from the wrong place.
    case notJoined = "not_joined"
    case alreadyJoined = "already_joined"
    case offerInFlight = "offer_in_flight"
    case noMedia = "no_media"
    case unknownCall = "unknown_call"
    case unknownParticipant = "unknown_participant"
    case notAnswered = "not_answered"
    case dtmfNotNegotiated = "dtmf_not_negotiated"
    case forbidden
    case alreadyFired = "already_fired"
    // What the installation cannot give just now.
    case roomFull = "room_full"
    case atCapacity = "at_capacity"
    case tooManyJoins = "too_many_joins"
    case tooManyMessages = "too_many_messages"
    case roomLocked = "room_locked"
    case bridgeUnavailable = "bridge_unavailable"
    case serverError = "server_error"
    // Where a call cannot go.
    case noSuchExtension = "no_such_extension"
    case noTrunk = "no_trunk"
    case unknownTrunk = "unknown_trunk"
    case trunkDisabled = "trunk_disabled"
    case trunkCannotCarry = "trunk_cannot_carry"
    // Why a minted link does not open, or does not dial any more.
    case linkTampered = "link_tampered"
    case linkExpired = "link_expired"
    case linkNotYetValid = "link_not_yet_valid"
    case linkRevoked = "link_revoked"
    case linkKeyUnknown = "link_key_unknown"
    case linkUsedUp = "link_used_up"
    case unknownLink = "unknown_link"
    // Who may not speak on the control endpoint.
    case unsigned
    case malformedSignature = "malformed_signature"
    case staleSignature = "stale_signature"
    case wrongSignature = "wrong_signature"
    case replayed
}

/// Who has to change something for it to go better next time.
public enum Blame: String, Codable, Sendable, CaseIterable {
    /// Who asked: the link, the page, the program.
    case caller
    /// This installation: a fault or a limit of ours.
    case us
    /// The phone, or the network that leads to it.
    case farEnd = "far_end"
    /// Who runs this installation: something is not set up.
    case `operator`
}

extension ProblemCode {
    public var blame: Blame {
        switch self {
        case .malformedFrame, .unknownType, .malformedLink, .duplicateParameter, .invalidRoom, .invalidName, .invalidNumber,
            .emergencyNumber, .invalidTrunk, .invalidCamera, .invalidLoad, .invalidKey, .invalidOffer, .notSupported,
            .notJoined, .alreadyJoined, .offerInFlight, .noMedia, .unknownCall, .unknownParticipant, .notAnswered, .forbidden, .alreadyFired,
            .roomFull,
            .roomLocked, .tooManyJoins,
            .tooManyMessages,
            .unsigned, .malformedSignature, .staleSignature, .wrongSignature, .replayed,
            .linkTampered, .linkExpired, .linkNotYetValid, .linkRevoked, .linkKeyUnknown, .linkUsedUp, .unknownLink:
            .caller
        case .atCapacity, .bridgeUnavailable, .serverError: .us
        case .dtmfNotNegotiated: .farEnd
        case .noSuchExtension, .noTrunk, .unknownTrunk, .trunkDisabled, .trunkCannotCarry: .operator
        }
    }

    /// Whether the very same request may succeed later.
    public var isRetryable: Bool {
        switch self {
        case .offerInFlight, .noMedia, .notAnswered, .roomFull, .roomLocked, .tooManyJoins, .tooManyMessages, .atCapacity, .bridgeUnavailable,
            .serverError:
            true
        case .malformedFrame, .unknownType, .malformedLink, .duplicateParameter, .invalidRoom, .invalidName, .invalidNumber,
            .emergencyNumber, .invalidTrunk, .invalidCamera, .invalidLoad, .invalidKey, .invalidOffer, .notSupported,
            .notJoined, .alreadyJoined, .unknownCall, .unknownParticipant, .dtmfNotNegotiated, .forbidden, .alreadyFired, .noSuchExtension, .noTrunk,
            .unknownTrunk,
            .trunkDisabled, .trunkCannotCarry,
            .unsigned, .malformedSignature, .staleSignature, .wrongSignature, .replayed,
            .linkTampered, .linkExpired, .linkNotYetValid, .linkRevoked, .linkKeyUnknown, .linkUsedUp, .unknownLink:
            false
        }
    }
}

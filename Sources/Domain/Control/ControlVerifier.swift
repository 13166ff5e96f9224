/// What the verifier says of a request. Anything but `genuine` is answered with 401, counted by its reason, and nothing is done.
public enum ControlVerdict: Sendable, Equatable {
    /// Do it, and sign the answer over this nonce.
    case genuine(ControlNonce)
    case refused(ControlRefusal)
}

/// Why a request is not believed.
public enum ControlRefusal: String, ExplainedError, Sendable, CaseIterable {
    /// There is no signature.
    case unsigned
    /// There is something that is not a signature.
    case malformed
    /// Signed more than `ControlSignature.tolerance` seconds before or after now.
    case stale
    /// By nobody we know, or for another audience, epoch, path or body.
    case wrongSignature = "wrong_signature"
    /// Genuine, but received before (or, with the window full, it cannot be ruled out).
    case replayed

    public var problem: Problem {
        switch self {
        case .unsigned: Problem(.unsigned)
        case .malformed: Problem(.malformedSignature)
        case .stale: Problem(.staleSignature)
        case .wrongSignature: Problem(.wrongSignature)
        case .replayed: Problem(.replayed)
        }
    }
}

/// Decides whether a request to the control endpoint is genuine, fresh and new. One per endpoint, since it remembers nonces.
public struct ControlVerifier: Sendable {
    private let keys: ControlKeys
    private var window: NonceWindow

    public init(keys: ControlKeys, window: NonceWindow = NonceWindow()) {
        self.keys = keys
        self.window = window
    }

    /// `request` carries the verifier's own audience and epoch; `now` is in seconds since 1970 UTC.
    public mutating func verify(_ request: ControlRequest, header: String?, now: Int64) -> ControlVerdict {
        guard let header else { return .refused(.unsigned) }
        guard let signature = ControlSignature(header: header) else { return .refused(.malformed) }
        let (age, overflow) = now.subtractingReportingOverflow(signature.time)
        guard !overflow, age.magnitude <= UInt64(ControlSignature.tolerance) else { return .refused(.stale) }
        guard signature.fits(request, keys: keys) else { return .refused(.wrongSignature) }
        // The signature must come first: a nonce is only worth remembering if nobody else could have sent it.
        switch window.admit(signature.nonce, expiry: signature.time + ControlSignature.tolerance, now: now) {
        case .fresh: return .genuine(signature.nonce)
        case .replayed, .full: return .refused(.replayed)
        }
    }
}

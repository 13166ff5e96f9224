import Domain
import Synchronization

/// Decides which control requests are believed, and counts those that are not. The driver of `ControlVerifier`.
package final class ControlGate: Sendable {
    private struct State {
        var verifier: ControlVerifier
        var refused: [ControlRefusal: Int] = [:]
    }

    package let id: String
    package let epoch: UInt64
    private let keys: ControlKeys
    private let state: Mutex<State>

    package init(id: String, epoch: UInt64, keys: ControlKeys) {
        self.id = id
        self.epoch = epoch
        self.keys = keys
        state = Mutex(State(verifier: ControlVerifier(keys: keys)))
    }

    package enum Verdict {
        case genuine(ControlNonce)
        /// Genuine, but meant for the bridge before its last start: nothing is done, and the sender says hello again.
        case otherEpoch(ControlNonce)
        case refused(ControlRefusal)
    }

    /// - Parameters:
    ///   - claimed: the epoch that the body speaks of; 0 for `hello`.
    ///   - now: seconds since 1970 UTC.
    package func verify(target: String, body: [UInt8], header: String?, claimed: UInt64, now: Int64) -> Verdict {
        // Checked under the claimed epoch only to tell a sender of ours that it is late; what is genuine there is refused all the same.
        let request = ControlRequest(audience: id, epoch: claimed, method: "POST", target: target, body: body)
        return state.withLock { state in
            switch state.verifier.verify(request, header: header, now: now) {
            case .genuine(let nonce): return claimed == 0 || claimed == epoch ? .genuine(nonce) : .otherEpoch(nonce)
            case .refused(let refusal):
                state.refused[refusal, default: 0] += 1
                return .refused(refusal)
            }
        }
    }

    /// How many requests were not believed, by reason.
    package var refusedCounts: [ControlRefusal: Int] { state.withLock { $0.refused } }
}

import Domain
import Logging

// What a page keys into a phone.
extension DialDesk {
    /// How long digits may be on their way, in milliseconds: one that comes much later answers another question than it was pressed for.
    private static let digitsLife: Int64 = 4_000

    /// Has digits keyed into a call of the room: for the load that started it, or for a host.
    ///
    /// - Returns: why it was not done.
    func key(_ digits: DTMFDigits, into id: CallID, from place: Place, isHost: Bool) async -> SignalFault? {
        do {
            guard let call = try await calls.call(id), call.room == place.room, call.state != .ended else {
                return SignalFault(.unknownCall, about: "dtmf")
            }
            guard isHost || call.load == place.load else { return SignalFault(.forbidden, about: "dtmf") }
            let answer = try await bridge.send(.dtmf(call: id, digits), expiry: clock.wallMilliseconds + Self.digitsLife)
            guard case .refused(let refusal) = answer else { return nil }
            switch refusal {
            case .unknownCall:
                if try await calls.isElsewhere(id) { return SignalFault(.bridgeUnavailable, about: "dtmf") }
                // Not at the bridge yet, or not any more: its end is on its way.
                return SignalFault(call.state == .answered ? .unknownCall : .notAnswered, about: "dtmf")
            case .atCapacity:
                return SignalFault(.atCapacity, "Too many digits are still to be keyed. Wait a moment.", about: "dtmf")
            default: return SignalFault(refusal.problem, about: "dtmf")
            }
        } catch is BridgeUnavailable {
            return SignalFault(.bridgeUnavailable, about: "dtmf")
        } catch {
            logger.error("digits not keyed", metadata: ["call": "\(id)", "error": "\(error)"])
            return SignalFault(.serverError, about: "dtmf")
        }
    }
}

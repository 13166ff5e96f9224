import Domain
import Logging
import Store

/// Has the time of calls that are up reserved, slice after slice, and has those hung up that get no more.
struct SliceDesk: Sendable {
    let store: Store
    let bridgeID: String
    let policy: Policy
    let bridge: any BridgeConnection
    let clock: ServerClock
    let logger: Logger

    /// One round. A hang-up that does not arrive is given again in the next one, for as long as the call is up.
    func round() async {
        do {
            for call in try await store.reserveSlices(bridge: bridgeID, policy: policy, now: clock.wallMilliseconds) {
                logger.notice("call hung up, no more time is to be had for it", metadata: ["call": "\(call)"])
                _ = try? await bridge.send(.hangup(call: call, by: .limit), expiry: clock.wallMilliseconds + 2_000)
            }
        } catch {
            logger.debug("time of calls not reserved", metadata: ["error": "\(error)"])
        }
    }
}

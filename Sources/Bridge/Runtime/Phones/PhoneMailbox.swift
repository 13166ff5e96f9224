import Domain
import Linux
import SIP
import Synchronization

/// What another thread asks of the SIP thread.
enum PhoneMessage: Sendable {
    case order(PhoneOrder)
    case configure(BridgeSetup)
    /// Where these extensions are registered.
    case contacts([String], reply: @Sendable ([String: [RegisteredContact]]) -> Void)
    /// The answer to a lookup; empty if the name has no address.
    case resolved(TrunkID, host: String, [SIPAddress])
    /// How a trunk stands, now or after it was asked; `nil` for one that is not set up.
    case report(TrunkID, isTest: Bool, reply: @Sendable (TrunkReport?) -> Void)
    /// Tells what the endpoint has counted.
    case count(answer: @Sendable (SIPCounters) -> Void)
    /// Hangs up what is left, and stops once that is done or has taken too long.
    case stop(done: @Sendable () -> Void)
}

/// Where other threads leave what they ask of the SIP thread.
///
/// Orders are bounded by the rooms' own limits of calls, and a lookup has one answer: nothing from outside can fill it.
final class PhoneMailbox: Sendable {
    let wake: EventFD
    private let messages = Mutex<[PhoneMessage]>([])

    init() throws(LinuxError) { wake = try EventFD() }

    func post(_ message: PhoneMessage) {
        messages.withLock { $0.append(message) }
        wake.signal()
    }

    func takeAll() -> [PhoneMessage] {
        wake.acknowledge()
        return messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}

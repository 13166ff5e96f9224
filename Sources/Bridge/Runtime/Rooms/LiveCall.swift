import Domain
import Media

/// One call as the bridge has it: its limits hold here, whether the web side is there or not.
struct LiveCall {
    let command: DialCommand
    let leg: LegID
    var state: CallState
    /// A host has silenced the phone.
    var isMuted = false
    /// When it was answered.
    var answeredAt: Duration?
    /// What is tried now and not decided yet.
    var attempt: OpenAttempt?
    /// Nobody has come yet to whom the phone could talk; only of a call that may wait.
    var isAwaiting = false
    /// When it is hung up because no browser is left; `nil` while one is there.
    var graceEndsAt: Duration?

    var call: CallID { command.call }

    /// Whether its far end is a telephone, and not one of our own making.
    var isPhone: Bool {
        switch command.target {
        case .trunks, .registered: true
        case .echo, .announcement: false
        }
    }

    var participant: Participant {
        Participant(id: .call(call), kind: .phone, name: command.label, microphone: true, camera: false, isMuted: isMuted)
    }

    /// When its maximum is reached; `nil` before the answer.
    var maximumEndsAt: Duration? { answeredAt.map { $0 + .seconds(command.maximumSeconds) } }

    func talkSeconds(now: Duration) -> Int {
        guard let answeredAt else { return 0 }
        return Int(max(now - answeredAt, .zero).components.seconds)
    }
}

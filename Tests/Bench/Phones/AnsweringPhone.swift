import Linux
import SIP

/// One phone: rings when it is called, answers, speaks, and hangs up when it is told to.
struct AnsweringPhone {
    let plan: PhonePlan
    private(set) var dialog: PhoneDialog?
    private(set) var media: PhoneMedia?
    private var answer: (sdp: String, due: Duration)?
    private var invitedAt: Duration?
    private var answeredAt: Duration?
    private var isAcknowledged = false
    private var hungUpAt: Duration?
    private var isHangUpConfirmed = false
    private var isEndedByServer = false

    init(_ plan: PhonePlan) { self.plan = plan }

    var record: PhoneRecord {
        PhoneRecord(
            invitedAt: invitedAt, answeredAt: answeredAt, isAcknowledged: isAcknowledged, isHangUpConfirmed: isHangUpConfirmed,
            isEndedByServer: isEndedByServer, heard: media?.heard ?? HeardEcho())
    }

    private var isUp: Bool { answeredAt != nil && hungUpAt == nil && !isEndedByServer }

    /// When `handleDeadline` is to be called next.
    var deadline: Duration? { answer?.due ?? (isUp ? media?.next : nil) }

    /// Sends what is due: the 200, and with it the first packet, or the next packet.
    mutating func handleDeadline(now: Duration, send: (SIPMessage, SIPAddress) -> Void) {
        if let answer, answer.due <= now, let dialog {
            self.answer = nil
            let response = dialog.response(200, sdp: answer.sdp)
            answeredAt = MonotonicClock.now()
            send(.response(response), dialog.remote)
        }
        while isUp, let media, media.next <= now { media.send(now: now) }
    }

    /// Takes the call: rings at once. A repeated INVITE changes nothing.
    mutating func ring(_ dialog: PhoneDialog, now: Duration) throws -> SIPResponse? {
        guard self.dialog == nil else { return nil }
        let (media, sdp) = try PhoneMedia.answer(dialog.invite.body, plan: plan, now: now + plan.ringing)
        self.dialog = dialog
        self.media = media
        invitedAt = now
        answer = (sdp, now + plan.ringing)
        return dialog.response(180)
    }

    mutating func receive(_ request: SIPRequest) {
        switch request.method {
        case .ack: isAcknowledged = true
        case .bye, .cancel:
            isEndedByServer = true
            answer = nil
        default: break
        }
    }

    mutating func receive(_ response: SIPResponse) {
        if response.cseq.method == .bye, response.isSuccess { isHangUpConfirmed = true }
    }

    /// Hangs up.
    /// - Returns: when the BYE was handed to the socket; `nil` if there is no call.
    mutating func hangUp(random: inout some RandomNumberGenerator, send: (SIPMessage, SIPAddress) -> Void) -> Duration? {
        guard isUp, let dialog else { return nil }
        let bye = dialog.bye(random: &random)
        let at = MonotonicClock.now()
        hungUpAt = at
        send(.request(bye), dialog.remote)
        return at
    }
}

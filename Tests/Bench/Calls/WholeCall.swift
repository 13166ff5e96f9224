import Linux

/// One call from the click to its row: a fresh browser that speaks, a phone that rings, answers, speaks and hangs up.
struct WholeCall {
    private static let voiceBefore = Duration.milliseconds(100)
    private static let ringing = Duration.milliseconds(100)
    /// How long the first sound may take.
    private static let talk = Duration.milliseconds(400)

    let stage: CallStage
    let outcomes: OutcomeWatch
    let tone: OpusLoop
    let audio: NumberedAudio

    func times() async throws -> CallTimes {
        let visitor = try await Visitor.join(stage.server, generator: stage.browsers)
        let number = stage.phone(ringing: Self.ringing, audio: audio, mode: .recording)
        let result: Result<CallTimes, any Error>
        do {
            result = .success(try await times(visitor, number))
        } catch {
            result = .failure(error)
        }
        await visitor.leave()
        stage.phones.forget(number)
        return try result.get()
    }

    private func times(_ visitor: Visitor, _ number: String) async throws -> CallTimes {
        visitor.speak(tone, from: MonotonicClock.now(), mode: .recording)
        try await Task.sleep(for: Self.voiceBefore)
        let placed = try await visitor.dial(number)
        try await Task.sleep(for: Self.talk)
        let hungUpAt = try await stage.phones.hangUp(number)
        let row = try await outcomes.committed(placed.call)
        let told = try await visitor.awaitEnd(of: placed.call)
        guard row.outcome == "completed" else { throw BenchError("the outcome is \(row.outcome)") }
        let phone = try await stage.phones.record(of: number)
        let browser = try await visitor.heard()
        guard let invitedAt = phone.invitedAt, let answeredAt = phone.answeredAt, phone.isAcknowledged, phone.isHangUpConfirmed else {
            throw BenchError("the phone's 200 or its BYE was not answered")
        }
        guard let atBrowser = browser.packets.first(where: { audio.number(of: browser.codes(of: $0)) != nil }) else {
            throw BenchError("the browser did not hear the phone")
        }
        guard let atPhone = phone.heard.packets.first(where: { phone.heard.codes(of: $0).contains(where: OnsetDetector.isLoud) }) else {
            throw BenchError("the phone did not hear the browser: \(account(of: phone, since: answeredAt))")
        }
        return CallTimes(
            dialToInvite: invitedAt - placed.at, answerToBrowser: atBrowser.arrival - answeredAt, answerToPhone: atPhone.arrival - answeredAt,
            byeToRow: row.at - hungUpAt, byeToFrame: told - hungUpAt)
    }

    /// What the phone did get, for whoever has to find out why it was not the browser's tone.
    private func account(of phone: PhoneRecord, since answeredAt: Duration) -> String {
        let packets = phone.heard.packets
        guard let first = packets.first, let last = packets.last else { return "no packet came" }
        let sounding = packets.filter { phone.heard.codes(of: $0).contains { $0 != 0xFF && $0 != 0x7F } }
        return "\(packets.count) packets from \((first.arrival - answeredAt).milliseconds) to \((last.arrival - answeredAt).milliseconds) ms "
            + "after its 200, \(sounding.count) of them not silent"
    }
}

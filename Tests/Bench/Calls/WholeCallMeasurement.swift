/// The waits of a person: until the phone rings, until both hear each other, and until the books are closed.
struct WholeCallMeasurement {
    /// After so many calls that failed there is no figure to hope for.
    private static let patience = 5

    let call: WholeCall
    let count: Int
    /// Which of the three are reported.
    let parts: Set<ClickCommand.Part>

    func figures() async throws -> [Figure] {
        // The first call of an installation opens the SIP socket's way and fills caches: it is a call, but not one of many.
        _ = try await call.times()
        var times: [CallTimes] = []
        var failures: [any Error] = []
        for _ in 0..<count where failures.count < Self.patience {
            do {
                times.append(try await call.times())
            } catch {
                failures.append(error)
            }
        }
        if let first = failures.first { throw BenchError("\(failures.count) of \(times.count + failures.count) calls failed, the first: \(first)") }
        return (parts.contains(.setup) ? setup(times) : []) + (parts.contains(.answer) ? answer(times) : [])
            + (parts.contains(.end) ? end(times) : [])
    }

    private var calls: String { "\(count) calls, one after the other, each of a browser that has just joined and speaks" }

    private func setup(_ times: [CallTimes]) -> [Figure] {
        let waits = Distribution(times.map(\.dialToInvite.milliseconds))
        let conditions = "from the dial frame given to the browser's socket to the INVITE read at the phone; \(calls)"
        return [
            Figure("dial_to_invite_p50_ms", waits.percentile(0.5), "ms", conditions),
            Figure("dial_to_invite_p99_ms", waits.percentile(0.99), "ms", aim: 30, "\(conditions); longest \(Figure.text(waits.longest))"),
        ]
    }

    private func answer(_ times: [CallTimes]) -> [Figure] {
        let toBrowser = Distribution(times.map(\.answerToBrowser.milliseconds))
        let toPhone = Distribution(times.map(\.answerToPhone.milliseconds))
        let since = "from the phone's 200 given to its socket"
        let (browser, phone) = (toBrowser.percentile(0.95), toPhone.percentile(0.95))
        return [
            Figure(
                "answer_to_audio_p95_ms", max(browser, phone), "ms", aim: 100,
                "the worse direction, which is \(browser > phone ? "phone to browser" : "browser to phone"); \(since); \(calls)"),
            Figure(
                "answer_to_audio_at_browser_p95_ms", browser, "ms",
                "\(since) to the first packet of its sound at the browser, decrypted; the phone speaks from its 200 on; \(calls)"),
            Figure(
                "answer_to_audio_at_phone_p95_ms", phone, "ms",
                "\(since) to the first packet with the browser's tone at the phone; the browser speaks all the time; \(calls)"),
        ]
    }

    private func end(_ times: [CallTimes]) -> [Figure] {
        let toRow = Distribution(times.map(\.byeToRow.milliseconds))
        let toFrame = Distribution(times.map(\.byeToFrame.milliseconds))
        let since = "from the phone's BYE given to its socket"
        return [
            Figure(
                "bye_to_outcome_row_p99_ms", toRow.percentile(0.99), "ms", aim: 50,
                "\(since) to the committed outcome seen by SQL, looked for every \(OutcomeWatch.interval.components.attoseconds / 1_000_000_000_000_000) ms "
                    + "over a connection of its own, a look included; \(calls); median \(Figure.text(toRow.percentile(0.5)))"),
            Figure(
                "bye_to_ended_frame_p99_ms", toFrame.percentile(0.99), "ms",
                "\(since) to the dial-status frame read at the browser, which is sent after the commit; \(calls)"),
        ]
    }
}

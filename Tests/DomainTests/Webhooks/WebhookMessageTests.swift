import Domain
import FoundationEssentials
import Testing

@Suite("The body of a webhook")
struct WebhookMessageTests {
    static let attempt = CallAttempt(
        trunk: Sample.trunk, startedAt: Sample.now * 1_000, endedAt: Sample.now * 1_000 + 90, sipStatus: 486, q850Cause: 17, detail: "Busy here")

    private func message(_ call: CallSnapshot, _ attempts: [CallAttempt]?) throws -> String {
        let record = CallEventData.Record(
            diallingAt: Sample.now * 1_000 + 5, ringingAt: nil, endedBy: .phone, sipStatus: 486, q850Cause: 17, attempts: attempts)
        let message = WebhookMessage(
            id: try #require(EventID("ev_0123456789abcdef01234567")), type: WebhookEventType(reaching: call.state, outcome: call.outcome),
            at: Sample.now * 1_000 + 1, sequence: 3, data: CallEventData(call, record))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(message), as: UTF8.self)
    }

    @Test("It says everything about the call, with the whole number")
    func body() throws {
        let call = Sample.snapshot(.ended, target: .e164("+4930901820"))
        #expect(
            try message(call, [Self.attempt]) == """
                {"data":{"call":{"attempts":[{"detail":"Busy here","ended_at":"2026-01-01T00:00:00Z","q850_cause":17,"sip_status":486,\
                "started_at":"2026-01-01T00:00:00Z","trunk":"tr_4194b9eab3de"}],"dialling_at":"2026-01-01T00:00:00Z","early_media":false,\
                "ended_by":"phone","id":"ca_0123456789abcdef01234567","label":"Echo","number":"+4930901820","origin":"url","outcome":"busy",\
                "q850_cause":17,"queued_at":"2026-01-01T00:00:00Z","room":"team-standup","sip_status":486,"state":"ended","talk_seconds":0}},\
                "id":"ev_0123456789abcdef01234567","sequence":3,"timestamp":"2026-01-01T00:00:00Z","type":"call.ended","version":1}
                """)
    }

    @Test("It stays under 20 kB whatever the far end and the label say")
    func size() throws {
        var call = Sample.snapshot(.ended)
        call.label = String(repeating: "ü\u{1}", count: 50_000)
        call.reason = CallReason(code: String(repeating: "\u{1}", count: 9_000), text: String(repeating: "\u{1}", count: 500_000))
        var attempt = Self.attempt
        attempt.detail = String(repeating: "\u{1F600}", count: 100_000)
        #expect(try message(call, Array(repeating: attempt, count: 1_000)).utf8.count < 20_000)
    }

    @Test("Each state has its event, and a refused call its own terminal one")
    func types() {
        #expect(
            CallState.allCases.map { WebhookEventType(reaching: $0, outcome: nil).rawValue } == [
                "call.queued", "call.dialling", "call.ringing", "call.answered", "call.ended",
            ])
        for outcome in CallOutcome.allCases {
            #expect(WebhookEventType(reaching: .ended, outcome: outcome) == (outcome == .blocked ? .callBlocked : .callEnded))
        }
        #expect(!WebhookEventType.filterable.contains(.webhookTest))
    }

    @Test("A filter names a type or a family of those that there are, and is read back as it is written")
    func filters() {
        for filter in WebhookEventFilter.all { #expect(WebhookEventFilter(filter.text) == filter) }
        #expect(WebhookEventFilter("call.*") == .family("call") && WebhookEventFilter("call.ended") == .type(.callEnded))
        #expect(Set(WebhookEventFilter.all).count == WebhookEventFilter.all.count)
        for text in ["", "*", "call", "call.", "call.gone", "*.ended", "call.*.x", "calls.*", "webhook.test", "CALL.*"] {
            #expect(WebhookEventFilter(text) == nil, "\(text)")
        }
    }

    @Test("What is told of rooms, participants, links and webhooks stays under 20 kB, whatever they are called")
    func otherSizes() throws {
        let long = String(repeating: "\u{1}\u{1F600}", count: 100_000)
        let room = try #require(RoomSlug("team-standup"))
        func size(_ data: some Encodable & Sendable) throws -> Int {
            let id = try #require(EventID("ev_0123456789abcdef01234567"))
            return try JSONEncoder().encode(WebhookMessage(id: id, type: .roomEnded, at: 0, sequence: 1, data: data)).count
        }
        let call = try #require(CallID("ca_0123456789abcdef01234567"))
        #expect(try size(ParticipantEventData(.call(call), in: room, kind: .phone, name: long, joinedAt: 0, leftAt: .max)) < 3_000)
        #expect(try size(RoomEventData(room, startedAt: .min / 2, endedAt: .max / 2)) < 1_000)
        #expect(try size(LinkEventData(LinkID("ln_0123456789ab")!, room: room, note: long, createdAt: 0, revokedAt: 1)) < 3_000)
        #expect(try size(WebhookDisabledData(WebhookID("wh_0123456789ab")!, description: long, reason: .gone, at: 0, failingSince: 1)) < 3_000)
        let message = WebhookMessage(id: EventID("ev_0123456789abcdef01234567")!, type: .roomEnded, at: 5_000, sequence: 7, data: [long])
        let short = String(decoding: try JSONEncoder().encode(message.withoutContent), as: UTF8.self)
        #expect(short.contains(#""omitted":"too_long""#) && short.contains(#""sequence":7"#) && short.utf8.count < 300)
    }
}

import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Store

/// `/v1/webhooks`: who is told of events, and what became of the telling.
struct WebhookRoutes: RESTResource {
    let store: Store
    let policy: EgressPolicy

    func add(to routes: RESTRoutes) {
        routes.at("/webhooks", .read("webhooks:read", list), .post("webhooks:write", create))
        routes.at("/webhooks/:id", .read("webhooks:read", read), .patch("webhooks:write", change), .delete("webhooks:write", delete))
        routes.at("/webhooks/:id/rotate-secret", .post("webhooks:write", rotate))
        routes.at("/webhooks/:id/test", .post("webhooks:write", test))
        routes.at("/webhooks/:id/deliveries", .read("webhooks:read", deliveries))
        routes.at("/webhooks/:id/redeliver", .post("webhooks:write", redeliverRange))
        routes.at("/webhooks/:id/deliveries/:event", .read("webhooks:read", delivery))
        routes.at("/webhooks/:id/deliveries/:event/redeliver", .post("webhooks:write", redeliver))
    }

    private static let unknown = ProblemDocument(.notFound, code: "unknown_webhook", detail: "There is no such webhook.")
    private static let unknownDelivery = ProblemDocument(
        .notFound, code: "unknown_delivery", detail: "There is no such event in this webhook's deliveries; they are kept for seven days.")
    private static let disabled = ProblemDocument(.conflict, code: "webhook_disabled", detail: "The webhook is disabled. Enable it first.")
    private static let full = ProblemDocument(
        .conflict, code: "too_many_webhooks", detail: "There are \(Store.webhookLimit) webhooks, which is as many as there can be. Delete one first.")

    // MARK: Endpoints

    @Sendable private func list(_ request: RESTRequest) async throws -> RESTAnswer {
        try .page(try await store.webhooks(try request.page())) { WebhookDocument($0) }
    }

    @Sendable private func create(_ request: RESTRequest) async throws -> RESTAnswer {
        try request.only([])
        var fields = try request.fields()
        let url = fields.required("url", .webhookURL(policy))
        let description = fields.optional("description", .text(0...WebhookDocument.descriptionLimit)) ?? ""
        let events = fields.optional("events", .webhookEvents)
        let signature = fields.optional("signature", .word) ?? WebhookSignatureKind.hmac
        let isEnabled = fields.optional("enabled", .flag) ?? true
        try fields.finish()
        guard let url else { throw ProblemDocument.serverError }
        let settings = Webhook.Settings(
            url: url.text, description: description, events: events, signature: signature, isEnabled: isEnabled)
        var generator = SystemRandomNumberGenerator()
        guard let (secret, webhook) = try await store.createWebhook(settings, now: request.now, generator: &generator) else { throw Self.full }
        return try .created(WebhookDocument(webhook, secret: secret), at: "/v1/webhooks/\(webhook.id)", version: webhook.version)
    }

    @Sendable private func read(_ request: RESTRequest) async throws -> RESTAnswer {
        try request.only([])
        guard let webhook = try await store.webhook(try request.id(or: Self.unknown)) else { throw Self.unknown }
        return try .document(WebhookDocument(webhook), version: webhook.version)
    }

    @Sendable private func change(_ request: RESTRequest) async throws -> RESTAnswer {
        try request.only([])
        let id: WebhookID = try request.id(or: Self.unknown)
        let condition = try request.versionCondition()
        var fields = try request.fields()
        var (url, isEnabled): (WebhookURL?, Bool?)
        switch fields.member("url", .webhookURL(policy)) {
        case .absent: break
        case .null: fields.refuse("url", "A webhook cannot be without it.")
        case .value(let new): url = new
        }
        switch fields.member("enabled", .flag) {
        case .absent: break
        case .null: fields.refuse("enabled", "It must be true or false.")
        case .value(let flag): isEnabled = flag
        }
        let description: String? =
            switch fields.member("description", .text(0...WebhookDocument.descriptionLimit)) {
            case .absent: nil
            case .null: ""
            case .value(let text): text
            }
        let signature: WebhookSignatureKind? = fields.setting("signature", .word)
        let events: [WebhookEventFilter]?? =
            switch fields.member("events", .webhookEvents) {
            case .absent: nil
            case .null: .some(nil)
            case .value(let types): types
            }
        try fields.finish()
        let changed = try await store.changeWebhook(id, if: condition, now: request.now) { [url, isEnabled] settings in
            settings.url = url?.text ?? settings.url
            settings.description = description ?? settings.description
            settings.events = events ?? settings.events
            settings.signature = signature ?? settings.signature
            settings.isEnabled = isEnabled ?? settings.isEnabled
        }
        let webhook = try Self.row(changed)
        return try .document(WebhookDocument(webhook), version: webhook.version)
    }

    @Sendable private func delete(_ request: RESTRequest) async throws -> RESTAnswer {
        try request.only([])
        _ = try Self.row(try await store.deleteWebhook(try request.id(or: Self.unknown), if: try request.versionCondition()))
        return .nothing
    }

    @Sendable private func rotate(_ request: RESTRequest) async throws -> RESTAnswer {
        try nothingElse(in: request)
        var generator = SystemRandomNumberGenerator()
        let rotated = try await store.rotateWebhookSecret(try request.id(or: Self.unknown), now: request.now, generator: &generator)
        guard let (secret, webhook) = rotated else { throw Self.unknown }
        return try .document(WebhookDocument(webhook, secret: secret), version: webhook.version)
    }

    // MARK: Deliveries

    @Sendable private func test(_ request: RESTRequest) async throws -> RESTAnswer {
        try nothingElse(in: request)
        var generator = SystemRandomNumberGenerator()
        switch try await store.testWebhook(try request.id(or: Self.unknown), now: request.now, generator: &generator) {
        case .changed(let event): return try .document(QueuedEventDocument(event: event), status: 202)
        case .missing: throw Self.unknown
        case .outdated: throw Self.disabled
        }
    }

    @Sendable private func deliveries(_ request: RESTRequest) async throws -> RESTAnswer {
        let id: WebhookID = try request.id(or: Self.unknown)
        let page = try request.page(knowing: ["state", "type", "call", "from", "to"])
        var filter = DeliveryFilter()
        filter.state = try parameter("state", of: request, WebhookDelivery.State.init) {
            "it is one of \(WebhookDelivery.State.allCases.map(\.rawValue).joined(separator: ", "))"
        }
        filter.type = try parameter("type", of: request, { $0 == WebhookEventType.webhookTest.rawValue ? .type(.webhookTest) : .init($0) }) {
            "it is webhook.test or one of \(WebhookEventFilter.all.map(\.text).joined(separator: ", "))"
        }
        filter.call = try parameter("call", of: request, { CallID($0) }) { "it is the id of a call" }
        filter.from = try parameter("from", of: request, Timestamp.milliseconds) { "it is a time such as 2026-01-31T12:00:00Z" }
        filter.to = try parameter("to", of: request, Timestamp.milliseconds) { "it is a time such as 2026-01-31T12:00:00Z" }
        guard let found = try await store.deliveries(to: id, matching: filter, page) else { throw Self.unknown }
        return try .page(found) { DeliveryDocument($0) }
    }

    /// A query parameter that may be left out.
    private func parameter<Value>(
        _ name: String, of request: RESTRequest, _ parse: (String) -> Value?, _ sentence: () -> String
    ) throws(ProblemDocument) -> Value? {
        guard let text = request.query[Substring(name)].map(String.init) else { return nil }
        guard let value = parse(text) else { throw .invalidParameter(name, sentence()) }
        return value
    }

    @Sendable private func delivery(_ request: RESTRequest) async throws -> RESTAnswer {
        try request.only([])
        let id: WebhookID = try request.id(or: Self.unknown)
        guard let event = request.parameters.get("event").flatMap({ EventID(String($0)) }) else { throw Self.unknownDelivery }
        if let found = try await store.delivery(of: event, to: id) { return try .document(DeliveryDocument(found)) }
        throw try await store.webhook(id) == nil ? Self.unknown : Self.unknownDelivery
    }

    @Sendable private func redeliverRange(_ request: RESTRequest) async throws -> RESTAnswer {
        try request.only([])
        let id: WebhookID = try request.id(or: Self.unknown)
        var fields = try request.fields()
        let from = fields.required("from", .time)
        let to = fields.optional("to", .time) ?? request.now + 1
        let events = fields.optional("events", .webhookEvents)
        let onlyFailed = fields.optional("only_failed", .flag) ?? false
        if let from, from >= to { fields.refuse("to", "It must be later than `from`.") }
        try fields.finish()
        guard let from else { throw ProblemDocument.serverError }
        let range = RedeliveryRange(from: from, to: to, events: events, onlyFailed: onlyFailed)
        switch try await store.redeliver(range, to: id, now: request.now) {
        case .changed(let queued):
            return try .document(QueuedRangeDocument(queued: queued.count, next: queued.next.map(Timestamp.rfc3339)), status: 202)
        case .missing: throw Self.unknown
        case .outdated: throw Self.disabled
        }
    }

    @Sendable private func redeliver(_ request: RESTRequest) async throws -> RESTAnswer {
        try nothingElse(in: request)
        let id: WebhookID = try request.id(or: Self.unknown)
        guard let event = request.parameters.get("event").flatMap({ EventID(String($0)) }) else { throw Self.unknownDelivery }
        switch try await store.redeliver(event, to: id, now: request.now) {
        case .queued: return try .document(QueuedEventDocument(event: event), status: 202)
        case .missing: throw try await store.webhook(id) == nil ? Self.unknown : Self.unknownDelivery
        case .disabled: throw Self.disabled
        }
    }

    /// An action has no fields and no parameters.
    private func nothingElse(in request: RESTRequest) throws {
        try request.only([])
        var fields = try request.fields()
        try fields.finish()
    }

    private static func row<Row>(_ change: RowChange<Row>) throws(ProblemDocument) -> Row {
        switch change {
        case .changed(let row): return row
        case .missing: throw unknown
        case .outdated: throw .outdated
        }
    }
}

extension JSONRule where Value == WebhookURL {
    /// A URL that may be sent to, as far as that can be known without a look-up.
    static func webhookURL(_ policy: EgressPolicy) -> JSONRule {
        JSONRule { given, pointer, faults in
            guard case .text(let text) = given else {
                faults.append(FieldFault(pointer: pointer, detail: WebhookURL.Refusal.malformed.sentence))
                return nil
            }
            do throws(WebhookURL.Refusal) {
                return try WebhookURL(text, policy: policy)
            } catch {
                faults.append(FieldFault(pointer: pointer, detail: error.sentence))
                return nil
            }
        }
    }
}

extension JSONRule where Value == [WebhookEventFilter] {
    static var webhookEvents: JSONRule {
        let names = WebhookEventFilter.all.map(\.text).joined(separator: ", ")
        let entry = JSONRule<WebhookEventFilter>.text("It must be one of: \(names).") { WebhookEventFilter($0) }
        return .list(1...WebhookEventFilter.all.count, of: entry)
    }
}

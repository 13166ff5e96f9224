/// What an event is about. Within one subject the events are numbered, and sent in the order of their numbers.
public struct WebhookSubject: Hashable, Sendable {
    /// As it is stored and shown: an id of ours, which is unlike those of other kinds, or `room:` or `link:` and the name.
    public let text: String

    private init(_ text: String) { self.text = text }

    public static func call(_ id: CallID) -> WebhookSubject { WebhookSubject(id.text) }
    /// Also its participants: who comes and goes is told in one order.
    public static func room(_ slug: RoomSlug) -> WebhookSubject { WebhookSubject("room:" + slug.text) }
    /// Whoever signs links chooses their ids, which may look like those of a call.
    public static func link(_ id: LinkID) -> WebhookSubject { WebhookSubject("link:" + id.text) }
    public static func trunk(_ id: TrunkID) -> WebhookSubject { WebhookSubject(id.text) }
    /// A test, which is about itself.
    public static func test(_ id: EventID) -> WebhookSubject { WebhookSubject(id.text) }
    public static func webhook(_ id: WebhookID) -> WebhookSubject { WebhookSubject(id.text) }
    /// The whole installation, such as FraudGuard's warnings.
    public static let installation = WebhookSubject("installation")
}

import Domain
import Store

/// `/v1/extensions`: the phones that may register here.
struct ExtensionRoutes: RESTResource {
    private static let unknown = ProblemDocument.unknown(Problem(.noSuchExtension, "There is no such extension."))

    let store: Store
    let setups: SetupDesk
    let reports: BridgeReports

    func add(to routes: RESTRoutes) {
        routes.at("/extensions", .read("extensions:read", list), .post("extensions:write", create))
        routes.at(
            "/extensions/:id", .read("extensions:read", read), .patch("extensions:write", update), .delete("extensions:write", delete))
    }

    @Sendable private func list(_ request: RESTRequest) async throws -> RESTAnswer {
        let page = try await store.extensions(try request.page())
        let contacts = await reports.contacts(of: page.entries.map(\.number))
        return try .page(page) { ExtensionDocument($0, contacts: contacts, now: request.now) }
    }

    @Sendable private func create(_ request: RESTRequest) async throws -> RESTAnswer {
        var fields = try request.fields()
        let number = fields.required("number", Self.number)
        let name = fields.setting("display_name", Self.name)
        let given = fields.optional("password", Self.password)
        try fields.finish()
        guard let number, let label = name ?? ShortLabel(number.text) else { throw ProblemDocument.serverError }
        var generator = SystemRandomNumberGenerator()
        let password = given ?? ExtensionPassword(random: &generator)
        switch try await store.createExtension(number, displayName: label, password: password, now: request.now, generator: &generator) {
        case .created(let made):
            await setups.spread()
            // Only what was made here is shown, and only now.
            let document = ExtensionDocument(made, password: given == nil ? password.text : nil)
            return try .created(document, at: "/v1/extensions/\(made.id)", version: made.version)
        case .digitsTaken:
            throw ProblemDocument.conflict(
                "number_taken", "An extension or a virtual number has the digits \(number) already. Choose others.")
        case .full:
            throw ProblemDocument.full("There are \(PhoneExtension.limit) extensions already, and no room for another.")
        }
    }

    @Sendable private func read(_ request: RESTRequest) async throws -> RESTAnswer {
        guard let known = try await store.extension(try request.id(or: Self.unknown)) else { throw Self.unknown }
        let contacts = await reports.contacts(of: [known.number])
        return try .document(ExtensionDocument(known, contacts: contacts, now: request.now), version: known.version)
    }

    @Sendable private func update(_ request: RESTRequest) async throws -> RESTAnswer {
        let id: ExtensionID = try request.id(or: Self.unknown)
        let condition = try request.versionCondition()
        var fields = try request.fields()
        let name = fields.setting("display_name", Self.name)
        let password = fields.setting("password", Self.password)
        if fields.has("number") { fields.refuse("number", "An extension keeps its number. Make another extension for another number.") }
        try fields.finish()
        var generator = SystemRandomNumberGenerator()
        let change = try await store.updateExtension(
            id, displayName: name, password: password, if: condition, now: request.now, generator: &generator)
        switch change {
        case .changed(let known):
            await setups.spread()
            return try .document(ExtensionDocument(known), version: known.version)
        case .missing: throw Self.unknown
        case .outdated: throw ProblemDocument.outdated
        }
    }

    @Sendable private func delete(_ request: RESTRequest) async throws -> RESTAnswer {
        switch try await store.deleteExtension(try request.id(or: Self.unknown), if: try request.versionCondition()) {
        case .changed: break
        case .missing: throw Self.unknown
        case .outdated: throw ProblemDocument.outdated
        }
        await setups.spread()
        return .nothing
    }

    private static let number = JSONRule<ExtensionNumber>.text("It must be 2 to 6 digits, and no emergency number of any country.") {
        ExtensionNumber($0)
    }
    private static let name = JSONRule<ShortLabel>.text("It must be a name of 1 to 80 characters on one line.") { ShortLabel($0) }
    private static let password = JSONRule<ExtensionPassword>.text("It must be 10 to 64 visible ASCII characters.") { ExtensionPassword($0) }
}

/// An extension as REST shows it.
private struct ExtensionDocument: Encodable {
    struct Contact: Encodable {
        /// Where its REGISTER came from.
        var address: String
        /// As the phone says it.
        var userAgent: String
        var expiresAt: String
    }

    var id: ExtensionID
    var number: ExtensionNumber
    var displayName: ShortLabel
    var realm: String
    /// Only in the answer to the request that made it without giving one.
    var password: String?
    /// The phones that are registered now; absent if the bridge could not be asked, and in the answer to a change.
    var contacts: [Contact]?
    var createdAt: String
    var updatedAt: String

    init(_ known: PhoneExtension, password: String? = nil, contacts registered: [String: [RegisteredContact]]? = nil, now: Int64 = 0) {
        id = known.id
        number = known.number
        displayName = known.displayName
        realm = known.realm
        self.password = password
        contacts = registered.map { registered in
            (registered[known.number.text] ?? []).map { contact in
                Contact(
                    address: contact.address, userAgent: contact.userAgent,
                    expiresAt: Timestamp.rfc3339(milliseconds: now + Int64(contact.expiresInSeconds) * 1_000))
            }
        }
        createdAt = Timestamp.rfc3339(milliseconds: known.createdAt)
        updatedAt = Timestamp.rfc3339(milliseconds: known.updatedAt)
    }
}

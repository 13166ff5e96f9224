import Domain
import Store

/// `/v1/numbers`: short numbers that this installation answers itself.
struct NumberRoutes: RESTResource {
    private static let unknown = ProblemDocument.unknown("unknown_number", "There is no such number.")
    /// What numbers of the telephone network will bring.
    private static let later = ["pin", "answer", "did", "room", "audio"]

    let store: Store

    func add(to routes: RESTRoutes) {
        routes.at("/numbers", .read("numbers:read", list), .post("numbers:write", create))
        routes.at("/numbers/:id", .read("numbers:read", read), .patch("numbers:write", update), .delete("numbers:write", delete))
    }

    @Sendable private func list(_ request: RESTRequest) async throws -> RESTAnswer {
        try .page(try await store.numbers(try request.page())) { NumberDocument($0) }
    }

    @Sendable private func read(_ request: RESTRequest) async throws -> RESTAnswer {
        guard let known = try await store.number(try request.id(VirtualNumberID.self, or: Self.unknown)) else { throw Self.unknown }
        return try .document(NumberDocument(known), version: known.version)
    }

    @Sendable private func create(_ request: RESTRequest) async throws -> RESTAnswer {
        var fields = try request.fields()
        try NumberFields.refuseLater(&fields, Self.later)
        let number = fields.required("number", NumberFields.number)
        let settings = try NumberFields(&fields)
        let word = fields.required("mode", NumberFields.mode)
        if let word, let fault = settings.fault(for: word, of: nil) { fields.refuse(fault.field, fault.detail) }
        try fields.finish()
        guard let number, let word, let label = settings.label ?? ShortLabel(number.text), let mode = settings.mode(word, of: nil) else {
            throw ProblemDocument.serverError
        }
        var generator = SystemRandomNumberGenerator()
        switch try await store.createNumber(
            number, label: label, mode: mode, isPublic: settings.isPublic ?? false, now: request.now, generator: &generator)
        {
        case .created(let made): return try .created(NumberDocument(made), at: "/v1/numbers/\(made.id)", version: made.version)
        case .digitsTaken:
            throw ProblemDocument.conflict(
                "number_taken", "An extension or a virtual number has the digits \(number) already. Choose others.")
        case .noSuchExtension: throw NumberFields.noSuchExtension
        case .full: throw ProblemDocument.full("There are \(VirtualNumber.limit) numbers already, and no room for another.")
        }
    }

    @Sendable private func update(_ request: RESTRequest) async throws -> RESTAnswer {
        let id: VirtualNumberID = try request.id(or: Self.unknown)
        let condition = try request.versionCondition()
        guard let known = try await store.number(id) else { throw Self.unknown }
        var fields = try request.fields()
        try NumberFields.refuseLater(&fields, Self.later)
        if fields.has("number") { fields.refuse("number", "A number keeps its digits. Make another one for other digits.") }
        let settings = try NumberFields(&fields)
        let word = fields.setting("mode", NumberFields.mode) ?? NumberFields.Word(known.mode)
        if let fault = settings.fault(for: word, of: known.mode) { fields.refuse(fault.field, fault.detail) }
        try fields.finish()
        let change = try await store.updateNumber(id, if: condition, now: request.now) { row in
            if let label = settings.label { row.label = label.text }
            if let isPublic = settings.isPublic { row.isPublic = isPublic }
            if let mode = settings.mode(word, of: row.mode) { row.mode = mode }
        }
        switch change {
        case .done(let changed): return try .document(NumberDocument(changed), version: changed.version)
        case .missing: throw Self.unknown
        case .outdated: throw ProblemDocument.outdated
        case .noSuchExtension: throw NumberFields.noSuchExtension
        }
    }

    @Sendable private func delete(_ request: RESTRequest) async throws -> RESTAnswer {
        switch try await store.deleteNumber(try request.id(or: Self.unknown), if: try request.versionCondition()) {
        case .changed: return .nothing
        case .missing: throw Self.unknown
        case .outdated: throw ProblemDocument.outdated
        }
    }
}

/// What a document says of a number beside its digits.
private struct NumberFields: Sendable {
    enum Word: String, CaseIterable, Sendable {
        case announce, echo, `extension`

        init(_ mode: VirtualNumber.Mode) {
            switch mode {
            case .announce: self = .announce
            case .echo: self = .echo
            case .extension: self = .extension
            }
        }
    }

    static let number = JSONRule<ExtensionNumber>.text("It must be 2 to 6 digits, and no emergency number of any country.") { ExtensionNumber($0) }
    static let mode = JSONRule<Word>.word
    static let noSuchExtension = ProblemDocument.invalidFields(
        InvalidFields(faults: [FieldFault(pointer: "#/extension", detail: "There is no extension with these digits.")]))

    let label: ShortLabel?
    let isPublic: Bool?
    let text: String?
    let language: String?
    let leadSilence: Int?
    let loop: Bool?
    let maximumSeconds: Int?
    let `extension`: ExtensionNumber?

    init(_ fields: inout JSONFields) throws {
        label = fields.setting("label", .text("It must be a name of 1 to 80 characters on one line.") { ShortLabel($0) })
        isPublic = fields.setting("public", .flag)
        text = fields.setting(
            "text",
            .text("It must be 1 to 2,000 characters to be spoken, without control characters.") { text in
                let isSpeech = text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control }
                return Announcement.textLength.contains(text.count) && text.utf8.count <= 8_000 && isSpeech && text.contains { !$0.isWhitespace }
                    ? text : nil
            })
        language = fields.setting(
            "language", .text("It must be a language such as en, de or en-gb.") { Announcement.isLanguage($0) ? $0.lowercased() : nil })
        leadSilence = fields.setting("lead_silence_ms", .integer(Announcement.leadSilence))
        loop = fields.setting("loop", .flag)
        maximumSeconds = fields.setting("max_seconds", .integer(Announcement.seconds))
        self.extension = fields.setting("extension", .text("It must be the 2 to 6 digits of an extension.") { ExtensionNumber($0) })
    }

    /// Refuses what a later release brings with `not_supported`, not as unknown.
    static func refuseLater(_ fields: inout JSONFields, _ names: [String]) throws(ProblemDocument) {
        var later = names.filter { fields.has($0) }
        let number = fields.optional(
            "number",
            JSONRule<Bool>("") { given in
                if case .text(let text) = given { text.hasPrefix("+") } else { false }
            })
        if number == true { later.append("number") }
        let mode = fields.optional("mode", JSONRule<Bool>("") { $0 == .text("room") })
        if mode == true { later.append("mode") }
        guard later.isEmpty else { throw .notSupported(fields: later.sorted()) }
    }

    /// What the mode needs and is not said, or what it has no use for.
    func fault(for word: Word, of before: VirtualNumber.Mode?) -> (field: String, detail: String)? {
        let isSame = before.map(Word.init) == word
        let spoken: [(String, Bool)] = [
            ("text", text != nil), ("language", language != nil), ("lead_silence_ms", leadSilence != nil), ("loop", loop != nil),
            ("max_seconds", maximumSeconds != nil),
        ]
        if word != .announce, let said = spoken.first(where: \.1) { return (said.0, "This is only for the mode announce.") }
        if word != .extension, self.extension != nil { return ("extension", "This is only for the mode extension.") }
        switch word {
        case .announce where text == nil && !isSame: return ("text", "The mode announce needs what is to be spoken.")
        case .extension where self.extension == nil && !isSame: return ("extension", "The mode extension needs the extension's digits.")
        case .announce, .extension, .echo: return nil
        }
    }

    /// The mode that this makes of the one before; `nil` only where `fault` says what is missing.
    func mode(_ word: Word, of before: VirtualNumber.Mode?) -> VirtualNumber.Mode? {
        switch word {
        case .echo: return .echo
        case .extension:
            if let digits = self.extension { return .extension(digits) }
            if case .extension(let digits)? = before { return .extension(digits) }
            return nil
        case .announce:
            var announcement = Announcement(text: "", language: "en", leadSilenceMilliseconds: 500, loop: false, maximumSeconds: 60)
            if case .announce(let known)? = before { announcement = known }
            announcement.text = text ?? announcement.text
            announcement.language = language ?? announcement.language
            announcement.leadSilenceMilliseconds = leadSilence ?? announcement.leadSilenceMilliseconds
            announcement.loop = loop ?? announcement.loop
            announcement.maximumSeconds = maximumSeconds ?? announcement.maximumSeconds
            return announcement.text.isEmpty ? nil : .announce(announcement)
        }
    }
}

/// A virtual number as REST shows it.
private struct NumberDocument: Encodable {
    var id: VirtualNumberID
    var number: String
    var label: String
    var mode: String
    var `public`: Bool
    var text: String?
    var language: String?
    var leadSilenceMs: Int?
    var loop: Bool?
    var maxSeconds: Int?
    var `extension`: String?
    var createdAt: String
    var updatedAt: String

    init(_ known: VirtualNumber) {
        id = known.id
        number = known.number
        label = known.label
        mode = NumberFields.Word(known.mode).rawValue
        `public` = known.isPublic
        switch known.mode {
        case .echo: break
        case .announce(let announcement):
            text = announcement.text
            language = announcement.language
            leadSilenceMs = announcement.leadSilenceMilliseconds
            loop = announcement.loop
            maxSeconds = announcement.maximumSeconds
        case .extension(let digits): self.extension = digits.text
        }
        createdAt = Timestamp.rfc3339(milliseconds: known.createdAt)
        updatedAt = Timestamp.rfc3339(milliseconds: known.updatedAt)
    }
}

import Domain
import LibPQ

/// What came of making a virtual number.
public enum NumberCreation: Sendable, Equatable {
    case created(VirtualNumber)
    /// Another virtual number or an extension has these digits.
    case digitsTaken
    /// It leads to an extension that is not there.
    case noSuchExtension
    /// There are as many as there may be.
    case full
}

/// What came of changing one.
public enum NumberChange: Sendable, Equatable {
    case done(VirtualNumber)
    case missing
    case outdated
    /// It would lead to an extension that is not there.
    case noSuchExtension
}

extension Store {
    /// The numbers of this installation that everybody may know, in order.
    public func publicNumbers() async throws(StoreError) -> [VirtualNumber] {
        try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT *, milliseconds(created_at) AS created, milliseconds(updated_at) AS updated FROM numbers WHERE public ORDER BY number
                """
            ) { row throws(PostgresError) in try row.virtualNumber() }
        }
    }

    /// The virtual number with these digits, public or not.
    public func number(_ digits: String) async throws(StoreError) -> VirtualNumber? {
        try await transaction { transaction throws(PostgresError) in try transaction.number(digits) }
    }

    public func number(_ id: VirtualNumberID) async throws(StoreError) -> VirtualNumber? {
        try await transaction { transaction throws(PostgresError) in
            try transaction.row(
                "SELECT *, milliseconds(created_at) AS created, milliseconds(updated_at) AS updated FROM numbers WHERE id = $1", .id(id)
            ) { row throws(PostgresError) in try row.virtualNumber() }
        }
    }

    /// Every virtual number, newest first.
    public func numbers(_ page: PageRequest) async throws(StoreError) -> Page<VirtualNumber> {
        let wanted = page.parameters
        let rows = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT *, milliseconds(created_at) AS created, milliseconds(updated_at) AS updated FROM numbers
                 WHERE $1::bigint IS NULL OR (created_at, id) < (instant($1), $2) ORDER BY created_at DESC, id DESC LIMIT $3
                """, wanted.at, wanted.id, wanted.rows
            ) { row throws(PostgresError) in try row.virtualNumber() }
        }
        return page.page(of: rows) { PageCursor(at: $0.createdAt, id: $0.id.text) }
    }

    /// Makes a virtual number. Its digits must be nobody's, and an extension that it leads to must be there now.
    public func createNumber(
        _ number: ExtensionNumber, label: ShortLabel, mode: VirtualNumber.Mode, isPublic: Bool, now: Int64,
        generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> NumberCreation {
        let new = VirtualNumber(
            id: VirtualNumberID(random: &generator), number: number.text, label: label.text, mode: mode, isPublic: isPublic, createdAt: now,
            updatedAt: now)
        return try await transaction { transaction throws(PostgresError) in
            guard try transaction.count("SELECT count(*) FROM numbers") < VirtualNumber.limit else { return .full }
            // Also who comes at the same moment with these digits waits here until it is decided.
            _ = try transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 2))", .id(number))
            let isTaken =
                try transaction.row(
                    "SELECT EXISTS (SELECT FROM numbers WHERE number = $1) OR EXISTS (SELECT FROM extensions WHERE number = $1) AS taken",
                    .id(number)
                ) { row throws(PostgresError) in try row.value("taken", as: Bool.self) } ?? false
            guard !isTaken else { return .digitsTaken }
            guard try transaction.leadsSomewhere(mode) else { return .noSuchExtension }
            let columns = ModeColumns(mode)
            _ = try transaction.execute(
                """
                INSERT INTO numbers (id, number, label, mode, text, language, lead_silence_ms, loop, max_seconds, extension, public, created_at,
                                     updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, instant($12), instant($12))
                """,
                .id(new.id), .id(number), .id(label), columns.mode, columns.text, columns.language, columns.leadSilence, columns.loop,
                columns.maximumSeconds, columns.extension, .bool(isPublic), .int(now))
            return .created(new)
        }
    }

    /// Changes what `change` changes, if the number is as `condition` expects it.
    public func updateNumber(
        _ id: VirtualNumberID, if condition: VersionCondition = .any, now: Int64, _ change: @Sendable (inout VirtualNumber) -> Void
    ) async throws(StoreError) -> NumberChange {
        try await transaction { transaction throws(PostgresError) in
            guard var row = try transaction.lockedNumber(id) else { return .missing }
            guard condition.holds(for: row.version) else { return .outdated }
            let before = row.mode
            change(&row)
            // One that leads to an extension that is gone may still get another name.
            if row.mode != before {
                guard try transaction.leadsSomewhere(row.mode) else { return .noSuchExtension }
            }
            row.version += 1
            row.updatedAt = now
            let columns = ModeColumns(row.mode)
            _ = try transaction.execute(
                """
                UPDATE numbers SET version = $2, label = $3, mode = $4, text = $5, language = $6, lead_silence_ms = $7, loop = $8,
                       max_seconds = $9, extension = $10, public = $11, updated_at = instant($12)
                 WHERE id = $1
                """,
                .id(id), .int(row.version), .text(row.label), columns.mode, columns.text, columns.language, columns.leadSilence, columns.loop,
                columns.maximumSeconds, columns.extension, .bool(row.isPublic), .int(now))
            return .done(row)
        }
    }

    public func deleteNumber(_ id: VirtualNumberID, if condition: VersionCondition = .any) async throws(StoreError) -> RowChange<VirtualNumberID> {
        try await transaction { transaction throws(PostgresError) in
            guard let row = try transaction.lockedNumber(id) else { return .missing }
            guard condition.holds(for: row.version) else { return .outdated }
            _ = try transaction.execute("DELETE FROM numbers WHERE id = $1", .id(id))
            return .changed(id)
        }
    }
}

extension PostgresTransaction {
    func number(_ digits: String) throws(PostgresError) -> VirtualNumber? {
        try row(
            "SELECT *, milliseconds(created_at) AS created, milliseconds(updated_at) AS updated FROM numbers WHERE number = $1", .text(digits)
        ) { row throws(PostgresError) in try row.virtualNumber() }
    }

    fileprivate func lockedNumber(_ id: VirtualNumberID) throws(PostgresError) -> VirtualNumber? {
        try row(
            "SELECT *, milliseconds(created_at) AS created, milliseconds(updated_at) AS updated FROM numbers WHERE id = $1 FOR UPDATE", .id(id)
        ) { row throws(PostgresError) in try row.virtualNumber() }
    }

    /// Whether an extension that the mode names is there.
    fileprivate func leadsSomewhere(_ mode: VirtualNumber.Mode) throws(PostgresError) -> Bool {
        guard case .extension(let digits) = mode else { return true }
        return try row("SELECT EXISTS (SELECT FROM extensions WHERE number = $1) AS known", .id(digits)) { row throws(PostgresError) in
            try row.value("known")
        } ?? false
    }
}

/// A mode as its columns hold it.
private struct ModeColumns {
    var mode: PostgresValue
    var text = PostgresValue.null
    var language = PostgresValue.null
    var leadSilence = PostgresValue.null
    var loop = PostgresValue.null
    var maximumSeconds = PostgresValue.null
    var `extension` = PostgresValue.null

    init(_ mode: VirtualNumber.Mode) {
        switch mode {
        case .echo: self.mode = .text("echo")
        case .announce(let announcement):
            self.mode = .text("announce")
            text = .text(announcement.text)
            language = .text(announcement.language)
            leadSilence = .int(Int64(announcement.leadSilenceMilliseconds))
            loop = .bool(announcement.loop)
            maximumSeconds = .int(Int64(announcement.maximumSeconds))
        case .extension(let digits):
            self.mode = .text("extension")
            self.extension = .id(digits)
        }
    }
}

extension PostgresRow {
    func virtualNumber() throws(PostgresError) -> VirtualNumber {
        VirtualNumber(
            id: try domain("id", VirtualNumberID.init), version: try value("version"), number: try value("number"), label: try value("label"),
            mode: try numberMode(), isPublic: try value("public"), createdAt: try value("created"), updatedAt: try value("updated"))
    }

    private func numberMode() throws(PostgresError) -> VirtualNumber.Mode {
        switch try value("mode", as: String.self) {
        case "echo": .echo
        case "announce":
            .announce(
                Announcement(
                    text: try value("text"), language: try value("language"),
                    leadSilenceMilliseconds: try value("lead_silence_ms"), loop: try value("loop"),
                    maximumSeconds: try value("max_seconds")))
        case "extension": .extension(try domain("extension", ExtensionNumber.init))
        case let mode: throw PostgresError(.fault, "no number has the mode \(mode)")
        }
    }
}

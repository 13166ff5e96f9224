import Domain
import LibPQ

/// Which part of a list is wanted: newest first, `limit` at most, those after the cursor.
public struct PageRequest: Sendable, Equatable {
    /// Entries that a page may have.
    public static let limits = 1...100
    public static let standardLimit = 50

    public var limit: Int
    public var after: PageCursor?

    public init(limit: Int = standardLimit, after: PageCursor? = nil) {
        self.limit = limit
        self.after = after
    }
}

/// A part of a list.
public struct Page<Element: Sendable>: Sendable {
    public var entries: [Element]
    /// Where the next page begins; `nil` at the end.
    public var next: PageCursor?

    public init(entries: [Element], next: PageCursor?) {
        self.entries = entries
        self.next = next
    }
}

extension Page: Equatable where Element: Equatable {}

/// The place of one entry in a list that is sorted by age: it holds also when that entry is deleted.
public struct PageCursor: Sendable, Equatable {
    /// When the entry was made, milliseconds since 1970 UTC.
    public var at: Int64
    public var id: String

    public init(at: Int64, id: String) {
        self.at = at
        self.id = id
    }

    /// Opaque to whoever pages with it.
    public var text: String { Base64URL.encode(Array("\(at) \(id)".utf8)) }

    /// `nil` for what `text` never was.
    public init?(_ text: String) {
        guard text.utf8.count <= 128, let bytes = Base64URL.decode(text), let plain = String(validating: bytes, as: UTF8.self) else { return nil }
        let parts = plain.split(separator: " ", omittingEmptySubsequences: false)
        // Times that a row can have.
        guard parts.count == 2, let at = Int64(parts[0]), (0..<253_402_300_800_000).contains(at), !parts[1].isEmpty, !parts[1].utf8.contains(0) else {
            return nil
        }
        self.init(at: at, id: String(parts[1]))
    }
}

extension PageRequest {
    /// The page out of `limit + 1` rows: the one too many says that there is more.
    func page<Element: Sendable>(of rows: [Element], cursor: (Element) -> PageCursor) -> Page<Element> {
        let entries = Array(rows.prefix(limit))
        return Page(entries: entries, next: rows.count > limit ? entries.last.map(cursor) : nil)
    }

    /// Three parameters of a statement: the cursor's time and id (both NULL at the beginning), and the rows to read.
    var parameters: (at: PostgresValue, id: PostgresValue, rows: PostgresValue) {
        (.optional(after?.at), .optional(after?.id), .int(Int64(limit) + 1))
    }
}

/// What a change expects of the row that it changes (`If-Match`, RFC 9110 section 13.1.1).
public enum VersionCondition: Sendable, Equatable {
    /// It is there.
    case any
    /// It is at one of these versions.
    case oneOf(Set<Int64>)

    func holds(for version: Int64) -> Bool {
        switch self {
        case .any: true
        case .oneOf(let versions): versions.contains(version)
        }
    }
}

/// What came of a change of one row.
public enum RowChange<Row: Sendable>: Sendable {
    case changed(Row)
    /// There is no such row.
    case missing
    /// The row is not as the caller expects; nothing was changed.
    case outdated
}

extension RowChange: Equatable where Row: Equatable {}

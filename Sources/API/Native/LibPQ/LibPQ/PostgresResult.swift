private import CLibPQ

/// What the server answered to one statement: the only owner of a `PGresult`.
final class PostgresResult {
    private let handle: OpaquePointer
    /// Filled at the first look: libpq compares name by name, for each value of each row.
    private lazy var columns = names()

    init(owning handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    /// The error that this result is, if it is one.
    func failure(connectionLost: Bool) -> PostgresError? {
        switch PQresultStatus(handle) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: nil
        default:
            PostgresError(
                sqlState: field(.sqlState), constraint: field(.constraint), connectionLost: connectionLost,
                message: field(.message) ?? PQresultErrorMessage(handle).map { String(cString: $0).onOneLine } ?? "")
        }
    }

    var rowCount: Int { Int(PQntuples(handle)) }

    /// Rows inserted, updated or deleted; 0 for anything else.
    var affectedRows: Int { PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// `nil` if there is no such column.
    func index(ofColumn name: String) -> Int32? { columns[name] }

    private func names() -> [String: Int32] {
        var columns: [String: Int32] = [:]
        for column in 0..<PQnfields(handle) {
            guard let name = PQfname(handle, column) else { continue }
            let text = String(cString: name)
            if columns[text] == nil { columns[text] = column }
        }
        return columns
    }

    /// `nil` for NULL.
    func text(row: Int32, column: Int32) -> String? {
        guard PQgetisnull(handle, row, column) == 0, let value = PQgetvalue(handle, row, column) else { return nil }
        let length = Int(PQgetlength(handle, row, column))
        return value.withMemoryRebound(to: UInt8.self, capacity: length) { bytes in
            String(decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self)
        }
    }

    /// The fields of an error that we read: `PG_DIAG_…` are character macros, which Swift does not import.
    private enum Diagnosis: UInt8 {
        case sqlState = 67  // 'C'
        case message = 77  // 'M'
        case constraint = 110  // 'n'
    }

    private func field(_ diagnosis: Diagnosis) -> String? {
        PQresultErrorField(handle, Int32(diagnosis.rawValue)).map { String(cString: $0).onOneLine }
    }
}

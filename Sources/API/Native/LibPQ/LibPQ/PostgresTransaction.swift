/// An open transaction, lent to the closure that is its whole extent: it cannot be kept.
///
/// SQL is a `StaticString`, so no statement can be built from data; what varies is a parameter, `$1`, `$2`, ….
public struct PostgresTransaction: ~Copyable {
    let session: PostgresSession

    /// What comes next is planned once, and as if every table in it were large: for statements that run many times a second, take longer to plan
    /// than to run, and have an index for all that they look for. Otherwise a plan that was made while a table was empty would be kept when
    /// it has filled. Holds until the end of the transaction, and costs no way to the server.
    public func planOnceByIndexes() { session.planOnceByIndexes() }

    /// Runs a statement for its effect and returns how many rows it touched.
    @discardableResult
    public func execute(_ sql: StaticString, _ parameters: PostgresValue...) throws(PostgresError) -> Int {
        try session.execute(sql.description, parameters).affectedRows
    }

    /// Runs a statement and reads every row.
    public func rows<T>(
        _ sql: StaticString, _ parameters: PostgresValue..., read: (borrowing PostgresRow) throws(PostgresError) -> T
    ) throws(PostgresError) -> [T] {
        try Self.read(session.execute(sql.description, parameters), read)
    }

    /// Runs a statement that is put together of constant pieces, and reads every row: nothing in it can be data.
    public func rows<T>(
        of pieces: [StaticString], _ parameters: [PostgresValue], read: (borrowing PostgresRow) throws(PostgresError) -> T
    ) throws(PostgresError) -> [T] {
        try Self.read(session.execute(pieces.map(\.description).joined(separator: " "), parameters), read)
    }

    /// Runs a statement that gives at most one row; throws `fault` if it gives more.
    public func row<T>(
        _ sql: StaticString, _ parameters: PostgresValue..., read: (borrowing PostgresRow) throws(PostgresError) -> T
    ) throws(PostgresError) -> T? {
        let rows = try Self.read(session.execute(sql.description, parameters), read)
        guard rows.count <= 1 else { throw PostgresError(.fault, "\(rows.count) rows where one was expected") }
        return rows.first
    }

    /// Runs a migration's text as it stands, for as long as it takes. Not for anything that came from outside.
    public func run(script: String) throws(PostgresError) {
        try session.run(script: script, mayTakeLong: true)
    }

    private static func read<T>(
        _ result: PostgresResult, _ read: (borrowing PostgresRow) throws(PostgresError) -> T
    ) throws(PostgresError) -> [T] {
        var values: [T] = []
        values.reserveCapacity(result.rowCount)
        for number in 0..<result.rowCount {
            values.append(try read(PostgresRow(result: result, number: Int32(number))))
        }
        return values
    }
}

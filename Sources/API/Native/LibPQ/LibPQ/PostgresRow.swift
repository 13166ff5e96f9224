/// One row, readable while the reader that was given it runs.
public struct PostgresRow: ~Copyable {
    let result: PostgresResult
    let number: Int32

    // Both are compiled where they are used, for the type that is wanted there: a list reads them a thousand times.

    /// The column's value; throws `fault` if it is missing, NULL or of another type.
    @inlinable
    public func value<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws(PostgresError) -> T {
        guard let value = try optional(column, as: type) else {
            throw PostgresError(.fault, "column \(column) is NULL")
        }
        return value
    }

    /// The column's value, `nil` for NULL; throws `fault` if it is missing or of another type.
    @inlinable
    public func optional<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws(PostgresError) -> T? {
        guard let text = try text(column) else { return nil }
        guard let value = T(postgresText: text) else {
            throw PostgresError(.fault, "column \(column) is not of type \(T.self)")
        }
        return value
    }

    /// The column as it came, `nil` for NULL; throws `fault` if it is missing.
    @usableFromInline
    func text(_ column: String) throws(PostgresError) -> String? {
        guard let index = result.index(ofColumn: column) else {
            throw PostgresError(.fault, "no column \(column)")
        }
        return result.text(row: number, column: index)
    }
}

private import CLibPQ

/// One session with the server: the only owner of a `PGconn`.
///
/// Every call blocks its thread until the server has answered, so a session belongs to a `PostgresConnection`, which has a
/// thread of its own. It is not Sendable, and no C type leaves this file and `PostgresResult`.
final class PostgresSession {
    private let handle: OpaquePointer
    /// SQL text → the name under which the server keeps it parsed.
    private var prepared: [String: String] = [:]
    /// Far above the number of statements in this program, so the cache is a constant set in practice and bounded in any case.
    private static let preparedLimit = 512

    /// Connects and makes the session ready, within the configuration's limits; throws `unavailable` otherwise.
    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        let connected = configuration.keywords.withCStrings { names, values in PQconnectdbParams(names, values, 1) }
        guard let connected else { throw PostgresError(.unavailable, "out of memory") }
        handle = connected
        guard PQstatus(connected) == CONNECTION_OK else {
            // A class whose init throws after its last stored property was set still runs its deinit: the handle is freed there.
            throw PostgresError(.unavailable, Self.message(of: connected))
        }
        // libpq prints notices to stderr by itself, which is our log's place.
        _ = PQsetNoticeReceiver(connected, { _, _ in }, nil)
        try run(script: configuration.settings)
    }

    deinit { PQfinish(handle) }

    /// Whether the connection stands, as far as libpq knows without asking the server.
    var isConnected: Bool { PQstatus(handle) == CONNECTION_OK }

    /// Whether a transaction is open in which no statement has failed.
    var isInTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_INTRANS }

    /// Runs one prepared statement; the SQL is sent and parsed once per session.
    func execute(_ sql: String, _ parameters: [PostgresValue]) throws(PostgresError) -> PostgresResult {
        let arguments = try PostgresArguments(parameters)
        let name = try prepare(sql)
        let answer = arguments.withPointers { pointers in
            PQexecPrepared(handle, name, Int32(pointers.count), pointers.baseAddress, nil, nil, 0)
        }
        return try accept(answer)
    }

    /// Runs statements as they stand, several if separated by semicolons. For constant texts only.
    func run(script: String) throws(PostgresError) {
        _ = try accept(PQexec(handle, script))
    }

    private func prepare(_ sql: String) throws(PostgresError) -> String {
        if let name = prepared[sql] { return name }
        if prepared.count >= Self.preparedLimit {
            try run(script: "DEALLOCATE ALL")
            prepared.removeAll()
        }
        let name = "s\(prepared.count)"
        _ = try accept(PQprepare(handle, name, sql, 0, nil))
        prepared[sql] = name
        return name
    }

    /// Takes ownership of libpq's answer, or throws what it says.
    private func accept(_ answer: OpaquePointer?) throws(PostgresError) -> PostgresResult {
        guard let answer else {
            throw PostgresError(isConnected ? .fault : .unavailable, Self.message(of: handle))
        }
        let result = PostgresResult(owning: answer)
        if let failure = result.failure(connectionLost: !isConnected) { throw failure }
        return result
    }

    private static func message(of handle: OpaquePointer) -> String {
        PQerrorMessage(handle).map { String(cString: $0).onOneLine } ?? ""
    }
}

extension [(name: String, value: String)] {
    /// Two NULL-terminated lists of C strings, valid during `body`.
    fileprivate func withCStrings<R>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> R
    ) -> R {
        var storage: [CChar] = []
        var offsets: [Int] = []
        for text in map(\.name) + map(\.value) {
            offsets.append(storage.count)
            storage.append(contentsOf: text.utf8CString)
        }
        return storage.withUnsafeBufferPointer { bytes in
            let pointers = offsets.map { offset in bytes.baseAddress.map { $0 + offset } }
            let names: [UnsafePointer<CChar>?] = pointers.prefix(count) + [nil]
            let values: [UnsafePointer<CChar>?] = pointers.suffix(count) + [nil]
            return names.withUnsafeBufferPointer { names in
                values.withUnsafeBufferPointer { values in body(names.baseAddress!, values.baseAddress!) }
            }
        }
    }
}

extension String {
    /// libpq ends its messages with line breaks and indents their details; a log line is one line.
    var onOneLine: String { split(whereSeparator: \.isNewline).joined(separator: " ") }
}

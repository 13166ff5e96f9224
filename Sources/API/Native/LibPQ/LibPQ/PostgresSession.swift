private import CLibPQ
internal import Glibc

/// One session with the server: the only owner of a `PGconn`.
///
/// Every call blocks its thread until the server has answered, so a session belongs to a `PostgresConnection`, which has a
/// thread of its own. It is not Sendable, and no C type leaves this file and `PostgresResult`.
final class PostgresSession {
    private let handle: OpaquePointer
    /// SQL text → the name under which the server keeps it parsed.
    private var prepared: [String: String] = [:]
    private var opening = Opening.none
    /// Milliseconds after which a server that says nothing counts as gone.
    private let patience: Int
    private var isSilent = false
    /// Far above the number of statements in this program, so the cache is a constant set in practice and bounded in any case.
    private static let preparedLimit = 512

    /// What comes before the next statement.
    private enum Opening {
        case none
        /// A BEGIN, which travels with it: one way to the server and back instead of two.
        case begin
        /// Nothing: the next statement is its own transaction, and there is no other after it.
        case single
        case used
    }

    private static let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"

    private static let indexesOnly = """
        SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
               set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
        """

    /// Whether the next statement is to be planned once.
    private var isPlannedOnce = false

    /// Connects and makes the session ready, within the configuration's limits; throws `unavailable` otherwise.
    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        let connected = configuration.keywords.withCStrings { names, values in PQconnectdbParams(names, values, 1) }
        guard let connected else { throw PostgresError(.unavailable, "out of memory") }
        handle = connected
        patience = configuration.silenceMilliseconds
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
    var isConnected: Bool { !isSilent && PQstatus(handle) == CONNECTION_OK }

    /// Whether a transaction is open in which no statement has failed.
    var isInTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_INTRANS }

    /// Whether no transaction is open, and no statement under way.
    var isIdle: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE && PQpipelineStatus(handle) == PQ_PIPELINE_OFF }

    /// Whether nothing has come from the server since its last answer. What comes unasked is nearly always its farewell.
    var isQuiet: Bool {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return isConnected && poll(&descriptor, 1, 0) == 0
    }

    /// Whether the transaction that was wanted has not reached the server yet, as far as is known here.
    var isUnopened: Bool { opening == .begin }

    /// The next statement opens a transaction.
    func begin() { opening = .begin }

    /// The next statement is a transaction by itself; another one after it is refused.
    func beginSingle() { opening = .single }

    func planOnceByIndexes() { isPlannedOnce = true }

    /// After a transaction, however it ended.
    func forgetOpening() {
        opening = .none
        isPlannedOnce = false
    }

    /// Runs one prepared statement; the SQL is sent and parsed once per session.
    func execute(_ sql: String, _ parameters: [PostgresValue]) throws(PostgresError) -> PostgresResult {
        let arguments = try PostgresArguments(parameters)
        // In one flight it is one transaction, also without BEGIN: local settings end with it.
        var before = isPlannedOnce ? [Self.indexesOnly] : []
        isPlannedOnce = false
        switch opening {
        case .used: throw PostgresError(.fault, "a second statement where one was announced")
        case .single: opening = .used
        case .begin: before.insert(Self.begin, at: 0)
        case .none: break
        }
        guard before.isEmpty else { return try executeInFlight(sql, arguments, before: before) }
        let name = try prepare(sql)
        let isSent = arguments.withPointers { pointers in
            PQsendQueryPrepared(handle, name, Int32(pointers.count), pointers.baseAddress, nil, nil, 0)
        }
        return try accept(isSent)
    }

    /// Runs statements as they stand, several if separated by semicolons. For constant texts only.
    ///
    /// - Parameter mayTakeLong: Waits for as long as it takes; for migrations.
    func run(script: String, mayTakeLong: Bool = false) throws(PostgresError) {
        guard opening == .begin else {
            _ = try accept(PQsendQuery(handle, script), mayTakeLong: mayTakeLong)
            return
        }
        _ = try accept(PQsendQuery(handle, Self.begin + ";" + script), mayTakeLong: mayTakeLong)
        opening = .none
    }

    /// Constant statements and a prepared one in one flight (libpq's pipeline mode, PostgreSQL's manual section 34.5).
    private func executeInFlight(
        _ sql: String, _ arguments: PostgresArguments, before: [String]
    ) throws(PostgresError) -> PostgresResult {
        let name = try prepare(sql)
        guard PQenterPipelineMode(handle) == 1 else { throw lost }
        let isSent =
            before.allSatisfy(send)
            && arguments.withPointers { pointers in
                PQsendQueryPrepared(handle, name, Int32(pointers.count), pointers.baseAddress, nil, nil, 0) == 1
            }
        guard isSent, PQpipelineSync(handle) == 1 else { throw lost }
        var results: [PostgresResult] = []
        for _ in 0...before.count {
            guard let result = collect() else { throw lost }
            results.append(result)
        }
        let isSynchronized = next().map { PostgresResult(owning: $0) } != nil
        guard isConnected, isSynchronized, PQexitPipelineMode(handle) == 1 else {
            for result in results { if let failure = result.failure(connectionLost: !isConnected) { throw failure } }
            throw lost
        }
        // The transaction is open from here on, whatever became of its first statement.
        if opening == .begin, results[0].failure(connectionLost: false) == nil { opening = .none }
        for result in results { if let failure = result.failure(connectionLost: false) { throw failure } }
        return results[before.count]
    }

    private func send(_ constant: String) -> Bool { PQsendQueryParams(handle, constant, 0, nil, nil, nil, nil, 0) == 1 }

    /// The answer to the next statement of a pipeline: what comes up to the NULL that ends it.
    private func collect() -> PostgresResult? {
        var first: PostgresResult?
        while let answer = next() {
            let result = PostgresResult(owning: answer)
            if first == nil { first = result }
            guard isConnected else { break }
        }
        return first
    }

    private var lost: PostgresError {
        PostgresError(isConnected ? .fault : .unavailable, isSilent ? "the server has said nothing for too long" : Self.message(of: handle))
    }

    /// libpq's next result; nil at the end of an answer, and if there is none to be had.
    private func next(mayTakeLong: Bool = false) -> OpaquePointer? {
        waitForAnswer(mayTakeLong: mayTakeLong) ? PQgetResult(handle) : nil
    }

    /// Milliseconds between two looks at a connection over TLS.
    private static let lookAgain = 20

    /// Waits until a result is there, or is known never to come. libpq's own wait has no end: a server that is frozen, or behind a cable that
    /// was pulled, goes on being connected.
    private func waitForAnswer(mayTakeLong: Bool) -> Bool {
        guard !isSilent else { return false }
        var left = mayTakeLong ? -1 : patience
        while PQisBusy(handle) == 1 {
            let isWriting = PQflush(handle) == 1
            var descriptor = pollfd(fd: PQsocket(handle), events: Int16(isWriting ? POLLIN | POLLOUT : POLLIN), revents: 0)
            let began = Self.now
            // What TLS has decrypted already lies in no socket: there it is asked for again and again.
            let slice = PQsslInUse(handle) == 1 ? (left < 0 ? Self.lookAgain : min(left, Self.lookAgain)) : left
            let ready = poll(&descriptor, 1, Int32(clamping: slice))
            if left >= 0 { left = max(0, left - (Self.now - began)) }
            if ready == 0, left == 0 {
                isSilent = true
                // Nobody knows whether the server has heard it: it is not said again.
                opening = .none
                return false
            }
            if ready < 0 { continue }
            // A connection that is lost has a last result, which says so.
            if PQconsumeInput(handle) == 0 { return true }
        }
        return true
    }

    /// Milliseconds of a clock that nobody sets.
    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }

    private func prepare(_ sql: String) throws(PostgresError) -> String {
        if let name = prepared[sql] { return name }
        if prepared.count >= Self.preparedLimit {
            _ = try accept(PQsendQuery(handle, "DEALLOCATE ALL"))
            prepared.removeAll()
        }
        let name = "s\(prepared.count)"
        _ = try accept(PQsendPrepare(handle, name, sql, 0, nil))
        prepared[sql] = name
        return name
    }

    /// The answer to what was sent, of several statements the last one's, or throws what it says.
    private func accept(_ isSent: Int32, mayTakeLong: Bool = false) throws(PostgresError) -> PostgresResult {
        guard isSent == 1 else { throw lost }
        var last: PostgresResult?
        while let answer = next(mayTakeLong: mayTakeLong) {
            last = PostgresResult(owning: answer)
            guard isConnected else { break }
        }
        guard let last, !isSilent else { throw lost }
        if let failure = last.failure(connectionLost: !isConnected) { throw failure }
        return last
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

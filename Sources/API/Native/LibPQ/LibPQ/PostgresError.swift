/// Why the database did not do what it was asked, with the verdict that a caller acts on.
public struct PostgresError: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// No connection could be made, or it was lost. If it was lost during COMMIT, the transaction may have been committed.
        case unavailable
        /// No connection of the pool came free in time.
        case exhausted
        /// Another transaction was in the way (serialization failure, deadlock): the same transaction may be repeated.
        case conflict
        /// A statement or a lock took longer than its limit; rolled back.
        case timedOut
        /// The named constraint forbids the row; rolled back.
        case constraint(String)
        /// A parameter cannot be stored, such as a text with a NUL; nothing was sent.
        case invalidParameter
        /// The task that waited for a connection was cancelled, or the pool was closed; nothing was done.
        case cancelled
        /// A fault of ours: the statement is wrong, or the row is not what the reader expects.
        case fault
    }

    public var kind: Kind
    /// The server's five-character SQLSTATE, where the server spoke.
    public var sqlState: String?
    /// For the operator's log. Holds no parameter values.
    public var message: String

    public init(_ kind: Kind, sqlState: String? = nil, _ message: String) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
    }

    /// Whether the same request may succeed a moment later.
    public var isRetryable: Bool {
        switch kind {
        case .unavailable, .exhausted, .conflict, .timedOut: true
        case .constraint, .invalidParameter, .cancelled, .fault: false
        }
    }

    /// The duplicate of a row that a UNIQUE constraint or a primary key keeps single.
    public var isUniqueViolation: Bool { sqlState == "23505" }
}

extension PostgresError {
    /// The verdict on a server's error, by the classes of PostgreSQL's appendix A.
    init(sqlState: String?, constraint: String?, connectionLost: Bool, message: String) {
        let kind: Kind =
            switch sqlState ?? "" {
            case _ where connectionLost: .unavailable
            case "40001", "40P01": .conflict
            case "57014", "55P03": .timedOut
            // A standby, or a primary that is being demoted.
            case "25006": .unavailable
            case let state where state.hasPrefix("08") || state.hasPrefix("53") || state.hasPrefix("57P"): .unavailable
            case let state where state.hasPrefix("23"): .constraint(constraint ?? "")
            case let state where state.hasPrefix("22"): .invalidParameter
            default: .fault
            }
        self.init(kind, sqlState: sqlState, message)
    }
}

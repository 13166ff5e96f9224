import Domain
import LibPQ

/// Why the store did not do what it was asked. Nothing was changed, with one exception that `databaseUnavailable` names.
public struct StoreError: Error, Sendable, Equatable {
    public enum Code: String, Sendable, CaseIterable {
        /// No connection, or it was lost. Lost during the commit, the change may have been made: every call of `Store` may be
        /// repeated with the same arguments and does its work once.
        case databaseUnavailable = "database_unavailable"
        /// Every connection is busy, or other transactions were in the way for too long.
        case databaseBusy = "database_busy"
        /// The database was migrated by a newer Ringlink than this one.
        case databaseNewer = "database_newer"
        /// A migration that this database has applied is not the one that this Ringlink has under its number.
        case migrationChanged = "migration_changed"
        /// A sealed value does not open: the database is another installation's, or was changed by hand.
        case secretUnreadable = "secret_unreadable"
        /// A value cannot be stored.
        case invalidValue = "invalid_value"
        /// The store is closed, or the task was cancelled.
        case cancelled
        /// A fault of ours.
        case internalError = "internal_error"
    }

    public var code: Code
    /// For the operator's log; holds no parameter values.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the same request may succeed a moment later.
    public var isRetryable: Bool {
        switch code {
        case .databaseUnavailable, .databaseBusy: true
        case .databaseNewer, .migrationChanged, .secretUnreadable, .invalidValue, .cancelled, .internalError: false
        }
    }
}

extension StoreError: ExplainedError {
    /// What somebody outside may know of it.
    public var problem: Problem { Problem(.serverError) }
}

extension StoreError {
    init(_ error: PostgresError) {
        let code: Code =
            switch error.kind {
            case .unavailable: .databaseUnavailable
            case .exhausted, .conflict, .timedOut: .databaseBusy
            case .invalidParameter: .invalidValue
            case .cancelled: .cancelled
            case .constraint, .fault: .internalError
            }
        self.init(code, error.sqlState.map { "\(error.message) (SQLSTATE \($0))" } ?? error.message)
    }
}

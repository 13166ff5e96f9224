/// Where the database is, and how long anything may take.
public struct PostgresConfiguration: Sendable {
    /// A libpq connection string or URL. What it says wins over the limits below where both speak.
    public var conninfo: String
    /// Seconds for one attempt to connect, to one host.
    public var connectSeconds: Int
    /// Milliseconds that one statement may run on the server.
    public var statementMilliseconds: Int
    /// Milliseconds that one statement may wait for another transaction's lock.
    public var lockMilliseconds: Int

    public init(conninfo: String, connectSeconds: Int = 5, statementMilliseconds: Int = 10_000, lockMilliseconds: Int = 5_000) {
        self.conninfo = conninfo
        self.connectSeconds = connectSeconds
        self.statementMilliseconds = statementMilliseconds
        self.lockMilliseconds = lockMilliseconds
    }
}

extension PostgresConfiguration {
    /// Milliseconds that an answer is waited for: the server has given up by then, and a moment for the way.
    var silenceMilliseconds: Int { statementMilliseconds + 2_000 }

    /// libpq's keywords in its order of precedence: a later one wins, so the operator's string comes after our defaults.
    var keywords: [(name: String, value: String)] {
        [
            ("application_name", "ringlink"),
            ("connect_timeout", String(connectSeconds)),
            // A server that vanished without a word is noticed by the unanswered bytes, not by TCP's quarter of an hour.
            ("tcp_user_timeout", "15000"),
            ("keepalives_idle", "30"),
            ("dbname", conninfo),
            // What our own reading and writing of text forms relies on.
            ("client_encoding", "UTF8"),
        ]
    }

    /// What a fresh session is told before its first statement. None of ours runs long enough for compiling it to pay, which takes half a second.
    var settings: String {
        """
        SET statement_timeout = \(statementMilliseconds);
        SET lock_timeout = \(lockMilliseconds);
        SET idle_in_transaction_session_timeout = 60000;
        SET timezone = 'UTC';
        SET bytea_output = 'hex';
        SET client_min_messages = warning;
        SET jit = off
        """
    }
}

import Domain
import LibPQ
import Logging
import Store
import Synchronization

/// A store on a schema of its own, migrated.
struct TestStore {
    let store: Store
    let conninfo: String

    private static let count = Atomic<Int>(0)

    /// Runs `body` on a fresh schema, which is dropped afterwards.
    static func with(
        connections: Int = 4, migrated: Bool = true, _ body: (TestStore) async throws -> Void
    ) async throws {
        let cluster = try TestCluster.shared.get()
        let schema = "test_\(count.add(1, ordering: .relaxed).newValue)"
        let admin = try PostgresConnection(PostgresConfiguration(conninfo: cluster.conninfo))
        try await admin.withTransaction { transaction throws(PostgresError) in
            try transaction.run(script: "DROP SCHEMA IF EXISTS \(schema) CASCADE; CREATE SCHEMA \(schema)")
        }
        let conninfo = "\(cluster.conninfo) application_name=\(schema) options='-c search_path=\(schema)'"
        let store = try await open(conninfo, connections: connections)
        if migrated { try await store.migrate() }
        let outcome: Result<Void, any Error>
        do {
            try await body(TestStore(store: store, conninfo: conninfo))
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await store.close()
        try await admin.withTransaction { transaction throws(PostgresError) in
            try transaction.run(script: "DROP SCHEMA \(schema) CASCADE")
        }
        try outcome.get()
    }

    /// The keys of an installation whose secret is `byte`, 32 times.
    static func keyring(_ byte: UInt8 = 7) throws -> AtRestKeyring {
        guard let keys = InstallationKeys(secret: [UInt8](repeating: byte, count: 32)) else { throw Unexpected() }
        return AtRestKeyring(keys.atRest)
    }

    static func open(_ conninfo: String, connections: Int = 4, secret: UInt8 = 7) async throws -> Store {
        var logger = Logger(label: "store-tests")
        logger.logLevel = .critical
        return try await Store.open(
            conninfo: conninfo, atRest: try keyring(secret), connections: connections, waitLimit: .seconds(120), logger: logger)
    }

    /// A second process on the same data.
    func another() async throws -> Store { try await Self.open(conninfo) }

    /// Looks at the tables themselves.
    func sql<T: Sendable>(
        _ body: @Sendable (borrowing PostgresTransaction) throws(PostgresError) -> T
    ) async throws -> T {
        try await PostgresConnection(PostgresConfiguration(conninfo: conninfo)).withTransaction(body)
    }

    func count(_ query: StaticString) async throws -> Int {
        try await sql { transaction throws(PostgresError) in
            try transaction.row(query) { row throws(PostgresError) in try row.value("count", as: Int.self) } ?? -1
        }
    }
}

/// SplitMix64: the same seed, the same ids.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

extension TestStore {
    /// Puts every number with this beginning on the allowlist.
    func allow(_ prefix: String, type: NumberType? = nil) async throws {
        guard let match = NumberMatch(prefix: prefix, type: type) else { throw Unexpected() }
        try await rule(.allow(match))
    }

    @discardableResult
    func rule(_ effect: GuardRule.Effect, at: Int64 = start) async throws -> GuardRule {
        var generator = SystemRandomNumberGenerator()
        guard let rule = try await store.createGuardRule(effect, note: nil, now: at, generator: &generator) else { throw Unexpected() }
        return rule
    }

    /// A trunk that can carry everything.
    func trunk() async throws {
        try await sql { transaction throws(PostgresError) in
            _ = try transaction.execute(
                """
                INSERT INTO trunks (id, name, enabled, host, port, transport, priority, prefixes, codecs, latch_rtp, created_at, updated_at)
                VALUES ('tr_00000000000a', 'Everywhere', true, '192.0.2.1', 5060, 'udp', 0, '{}', '{pcmu}', false, now(), now())
                """)
        }
    }
}

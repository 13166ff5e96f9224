import Store

/// The database: is it there, and is its schema ours?
struct DatabaseCheck {
    let installation: InstallationFacts

    func examine() async -> (facts: DatabaseFacts?, findings: [Finding]) {
        if installation.foreignDatabase == nil, !installation.isRunning {
            return (nil, [.skipped("database", "It is the installation's own and starts with it (ringlink up).")])
        }
        let facts: DatabaseFacts
        do throws(StoreError) {
            let store = try await Store.open(
                conninfo: installation.conninfo, connections: 1, waitLimit: .seconds(3), logger: ProcessLog.logger("doctor"))
            facts = try await store.inspect()
            await store.close()
        } catch {
            let place = installation.foreignDatabase == nil ? "the data folder's own" : "that of DATABASE_URL"
            return (nil, [.bad("database", "It cannot be used (\(place)): \(error.message). Is it running, and are host, user and password right?")])
        }
        return (facts, [.good("database", "PostgreSQL \(facts.serverVersion) answers."), migrations(facts)])
    }

    private func migrations(_ facts: DatabaseFacts) -> Finding {
        if let refusal = facts.refusal { return .bad("migrations", "This Ringlink must not touch it: \(refusal.message).") }
        if facts.schema < facts.known {
            return .warning("migrations", "The schema is at \(facts.schema) of \(facts.known). The next start brings it up to date.")
        }
        return .good("migrations", "The schema is at \(facts.schema) of \(facts.known).")
    }
}

import Domain
import LibPQ

extension Store {
    /// The version of what the bridge must know: it grows with each change of a trunk or an extension.
    public func setupVersion() async throws(StoreError) -> UInt64 {
        try await transaction { transaction throws(PostgresError) in try transaction.setupVersion() }
    }

    /// What the bridge must know, as of one moment. Trunks that are switched off are not in it, nor is anybody's password but a trunk's.
    public func bridgeSetup() async throws(StoreError) -> BridgeSetup {
        let rows = try await transaction { transaction throws(PostgresError) in
            SetupRows(
                // Held: who changes a trunk or an extension bumps this row, and waits until all is read.
                version: try transaction.setupVersion(isHeld: true),
                trunks: try transaction.rows("SELECT * FROM trunks WHERE enabled ORDER BY created_at, id") { row throws(PostgresError) in
                    TrunkRow(id: try row.domain("id", TrunkID.init), settings: try row.trunkSettings(), password: try row.optional("password"))
                },
                extensions: try transaction.rows("SELECT * FROM extensions ORDER BY number") { row throws(PostgresError) in
                    ExtensionRow(
                        id: try row.value("id"), number: try row.value("number"), displayName: try row.value("display_name"),
                        realm: try row.value("realm"), md5: try row.value("md5_ha1"), sha256: try row.value("sha256_ha1"))
                })
        }
        var setup = BridgeSetup(version: rows.version, trunks: [], extensions: [])
        for trunk in rows.trunks { setup.trunks.append(try opened(trunk)) }
        for row in rows.extensions { setup.extensions.append(try opened(row)) }
        return setup
    }

    private func opened(_ row: TrunkRow) throws(StoreError) -> TrunkSetup {
        let settings = row.settings
        var password: String?
        if let sealed = row.password { password = String(decoding: try open(sealed, from: Self.passwordPlace(row.id)), as: UTF8.self) }
        return TrunkSetup(
            id: row.id, name: settings.name.text, host: settings.host.text, port: settings.port, username: settings.username?.text,
            password: password, fromUser: settings.fromUser?.text, callerIDs: settings.callerIDs.map(\.text),
            maximumCalls: settings.lineLimit, callsPerSecond: settings.callsPerSecond, rewriting: settings.rewriting, codecs: settings.codecs,
            latchesRTP: settings.latchesRTP, optionsInterval: settings.optionsInterval)
    }

    private func opened(_ row: ExtensionRow) throws(StoreError) -> ExtensionSetup {
        func hash(_ column: String, _ sealed: [UInt8]) throws(StoreError) -> String {
            String(decoding: try open(sealed, from: Self.hashPlace(column, row.id)), as: UTF8.self)
        }
        return ExtensionSetup(
            number: row.number, displayName: row.displayName, realm: row.realm, md5HA1: try hash("md5_ha1", row.md5),
            sha256HA1: try hash("sha256_ha1", row.sha256))
    }
}

/// The rows that a setup is made of, still sealed.
private struct SetupRows: Sendable {
    var version: UInt64
    var trunks: [TrunkRow]
    var extensions: [ExtensionRow]
}

private struct TrunkRow: Sendable {
    var id: TrunkID
    var settings: TrunkSettings
    var password: [UInt8]?
}

private struct ExtensionRow: Sendable {
    var id: String
    var number: String
    var displayName: String
    var realm: String
    var md5: [UInt8]
    var sha256: [UInt8]
}

extension PostgresTransaction {
    fileprivate func setupVersion(isHeld: Bool = false) throws(PostgresError) -> UInt64 {
        let version = try row(isHeld ? "SELECT version FROM bridge_setup FOR SHARE" : "SELECT version FROM bridge_setup") {
            row throws(PostgresError) in try row.value("version", as: Int64.self)
        }
        return UInt64(clamping: version ?? 0)
    }
}

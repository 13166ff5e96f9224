import Crypto
import Domain

/// One step of the schema, from the one before. It is never changed once it is released: what it got wrong, a later one mends.
struct Migration: Sendable {
    /// 1, 2, 3… without gaps.
    var version: Int
    var name: String
    var script: [UInt8]

    var sha256: String { HexDigits.encode(SHA256.hash(data: script)) }

    /// Every step that this program knows, in order. The text is compiled in, so the binary needs no files beside it.
    static let all = [
        // SwiftPM replaces the first digit of `0001_…` by an underscore to make a Swift name of it.
        Migration(version: 1, name: "rooms_and_calls", script: PackageResources._001_rooms_and_calls_sql),
        Migration(version: 2, name: "trunks_extensions_keys", script: PackageResources._002_trunks_extensions_keys_sql),
        Migration(version: 3, name: "guard_and_links", script: PackageResources._003_guard_and_links_sql),
        Migration(version: 4, name: "webhooks", script: PackageResources._004_webhooks_sql),
        Migration(version: 5, name: "attached_dials", script: PackageResources._005_attached_dials_sql),
        Migration(version: 6, name: "links", script: PackageResources._006_links_sql),
        Migration(version: 7, name: "guard", script: PackageResources._007_guard_sql),
        Migration(version: 8, name: "trunks", script: PackageResources._008_trunks_sql),
        Migration(version: 9, name: "calls", script: PackageResources._009_calls_sql),
        Migration(version: 10, name: "webhooks_durable", script: PackageResources._010_webhooks_sql),
        Migration(version: 11, name: "times", script: PackageResources._011_times_sql),
        Migration(version: 12, name: "outbox", script: PackageResources._012_outbox_sql),
    ]

    /// The version that this program brings a database to.
    static var newest: Int { all.last?.version ?? 0 }
}

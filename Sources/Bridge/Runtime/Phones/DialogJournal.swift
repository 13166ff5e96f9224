import Domain
import SIP

/// The dialogs that are up, in a file: what a bridge that was killed leaves to its successor, so that no phone is left ringing or billed.
///
/// Appended before the datagram leaves that they speak of: what cannot be read speaks of one that never left. Secrets are not in it: a
/// password comes with the setup.
package final class DialogJournal {
    /// A dialog of a former life.
    package struct Orphan: Equatable, Sendable {
        package var key: String
        package var trunk: TrunkID?
        package var dialog: DialogSnapshot
    }

    private struct Entry: Codable {
        var trunk: TrunkID?
        var dialog: DialogSnapshot
    }

    private let journal: KeyedJournal<Entry>

    /// Opens the journal at `path`, and reads what a former process left in it.
    ///
    /// - Throws: `BridgeStartError` if it cannot be read or written: without it a crash could leave a phone off the hook.
    package init(path: String) throws(BridgeStartError) { journal = try KeyedJournal(path: path) }

    /// What is in the journal now: asked at the start, all of it is of a former life.
    package var orphans: [Orphan] {
        journal.values.map { Orphan(key: $0.key, trunk: $0.value.trunk, dialog: $0.value.dialog) }.sorted { $0.key < $1.key }
    }

    /// - Returns: whether it was written down.
    package func note(_ key: String, trunk: TrunkID?, _ dialog: DialogSnapshot) -> Bool {
        journal.keep(Entry(trunk: trunk, dialog: dialog), under: key)
    }

    package func release(_ key: String) { _ = journal.keep(nil, under: key) }
}

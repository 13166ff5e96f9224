import Bridge
import Domain
import Foundation
import SIP
import Testing

/// The file that a killed bridge leaves to its successor.
@Suite final class DialogJournalTests {
    private let folder: URL
    private var path: String { folder.appending(path: "dialogs").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ringlink-journal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func snapshot(_ number: Int = 1) throws -> DialogSnapshot {
        let rig = DeskRig(seed: UInt64(number), trunks: [DeskRig.trunk(1)])
        rig.place(over: [1])
        return try #require(rig.dialogs.values.first)
    }

    private var text: String {
        get throws { String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self) }
    }

    @Test func `what was written is there when it is opened again`() throws {
        let (first, second) = (try snapshot(1), try snapshot(2))
        do {
            let journal = try DialogJournal(path: path)
            #expect(journal.orphans.isEmpty)
            #expect(journal.note("1-1", trunk: DeskRig.id(4), first))
            #expect(journal.note("1-2", trunk: nil, first))
            #expect(journal.note("1-2", trunk: nil, second))
        }
        let orphans = try DialogJournal(path: path).orphans
        #expect(orphans.map(\.key) == ["1-1", "1-2"])
        #expect(orphans.map(\.trunk) == [DeskRig.id(4), nil])
        #expect(orphans.map(\.dialog) == [first, second])
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }

    @Test func `what was released is not there, and a stranger's release changes nothing`() throws {
        do {
            let journal = try DialogJournal(path: path)
            _ = journal.note("1-1", trunk: nil, try snapshot(1))
            _ = journal.note("1-2", trunk: nil, try snapshot(2))
            journal.release("1-1")
            let before = try text
            journal.release("1-1")
            journal.release("9-9")
            #expect(try text == before)
        }
        #expect(try DialogJournal(path: path).orphans.map(\.key) == ["1-2"])
    }

    @Test func `half a line at the end speaks of a datagram that never left, and spoils nothing after it`() throws {
        do {
            let journal = try DialogJournal(path: path)
            _ = journal.note("1-1", trunk: nil, try snapshot(1))
            _ = journal.note("1-2", trunk: nil, try snapshot(2))
        }
        let whole = try text
        try Data(whole.utf8.dropLast(whole.utf8.count / 4)).write(to: URL(filePath: path))
        do {
            let journal = try DialogJournal(path: path)
            #expect(journal.orphans.map(\.key) == ["1-1"])
            _ = journal.note("2-1", trunk: nil, try snapshot(3))
        }
        #expect(try DialogJournal(path: path).orphans.map(\.key) == ["1-1", "2-1"])
    }

    @Test func `lines that make no sense are passed over`() throws {
        do { _ = try DialogJournal(path: path).note("1-1", trunk: nil, try snapshot(1)) }
        let garbage = "\n\n{}\n{\"key\":7}\nnull\n[]\n\u{0}\u{1}\n{\"key\":\"1-9\",\"dialog\":{\"stage\":\"confirmed\"}}\n"
        try Data((garbage + (try text) + garbage).utf8 + [0xFF, 0xC3]).write(to: URL(filePath: path))
        #expect(try DialogJournal(path: path).orphans.map(\.key) == ["1-1"])
        // And are gone from then on.
        #expect(try text.split(separator: "\n").count == 1)
    }

    @Test func `a file of mostly past calls is written anew, and loses none that is up`() throws {
        let dialog = try snapshot(1)
        do {
            let journal = try DialogJournal(path: path)
            _ = journal.note("1-0", trunk: nil, dialog)
            for number in 1...KeyedJournal<Int>.compaction {
                _ = journal.note("1-\(number)", trunk: nil, dialog)
                journal.release("1-\(number)")
            }
        }
        #expect(try text.split(separator: "\n").count < KeyedJournal<Int>.compaction)
        #expect(try DialogJournal(path: path).orphans.map(\.key) == ["1-0"])
    }

    @Test func `a journal that cannot be written is no journal`() throws {
        let absent = folder.appending(path: "absent/dialogs").path
        #expect(throws: BridgeStartError.self) { try DialogJournal(path: absent) }
        // A folder is in its place.
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let taken = path
        #expect(throws: BridgeStartError.self) { try DialogJournal(path: taken) }
    }
}

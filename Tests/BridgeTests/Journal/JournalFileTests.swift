import Bridge
import Foundation
import Testing
import VirtualNetwork

@Suite("A journal's file")
struct JournalFileTests {
    private static func lines(_ file: TestFile, limit: Int = 1 << 20) throws -> [String] {
        try JournalFile.lines(at: file.path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("What is appended is there for the next one, also if nobody closed it")
    func appended() throws {
        let file = try TestFile()
        let journal = try JournalFile(path: file.path, lines: [])
        #expect(journal.append(Array("one\ntwo\n".utf8)) && journal.append(Array("three\n".utf8)))
        #expect(try Self.lines(file) == ["one", "two", "three"])
        #expect(journal.size == file.text.utf8.count)
        let next = try JournalFile(path: file.path, lines: [Data("two".utf8)])
        #expect(next.append(Array("four\n".utf8)))
        #expect(file.text == "two\nfour\n")
    }

    @Test("Half a line at the end, empty lines and a file that is not there are no lines")
    func halves() throws {
        let file = try TestFile()
        #expect(try Self.lines(file).isEmpty)
        for (text, expected) in [("", []), ("half", []), ("a\nhalf", ["a"]), ("\n\na\n\n", ["a"]), ("a\nb\n", ["a", "b"])] {
            file.text = text
            #expect(try Self.lines(file) == expected)
        }
    }

    @Test("Of a file that is too long the last whole lines are read", arguments: 0...12)
    func limit(limit: Int) throws {
        let file = try TestFile()
        file.text = "aaa\nbbb\nccc\n"
        let expected: [String] = limit == 12 ? ["aaa", "bbb", "ccc"] : limit > 8 ? ["bbb", "ccc"] : limit > 4 ? ["ccc"] : []
        #expect(try Self.lines(file, limit: limit) == expected)
    }

    @Test("A file that cannot be written is told to whoever starts us")
    func unwritable() throws {
        let file = try TestFile()
        #expect(throws: BridgeStartError.self) { try JournalFile(path: file.path + "/not/there", lines: []) }
    }

    @Test("The first lines can be dropped at any time, and the others stay", arguments: 1...4 as ClosedRange<UInt64>)
    func drop(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let file = try TestFile()
        let journal = try JournalFile(path: file.path, lines: [])
        var model: [String] = []
        for step in 0..<300 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                let count = Int.random(in: 0...model.count, using: &random)
                let bytes = model.prefix(count).reduce(0) { $0 + $1.utf8.count + 1 }
                #expect(journal.drop(first: bytes))
                model.removeFirst(count)
            case 1:
                model.shuffle(using: &random)
                #expect(journal.replace(with: model.map { Data($0.utf8) }))
            default:
                let line = String(repeating: "x", count: Int.random(in: 1...200, using: &random)) + "\(step)"
                #expect(journal.append(Array((line + "\n").utf8)))
                model.append(line)
            }
            #expect(journal.size == model.reduce(0) { $0 + $1.utf8.count + 1 })
        }
        #expect(try Self.lines(file) == model)
    }

    @Test("A rest that is larger than one piece is kept whole")
    func largeDrop() throws {
        let file = try TestFile()
        let journal = try JournalFile(path: file.path, lines: [Data("gone".utf8)])
        let line = String(repeating: "y", count: 999)
        for _ in 0..<3_000 { _ = journal.append(Array((line + "\n").utf8)) }
        #expect(journal.drop(first: 5))
        #expect(try JournalFile.lines(at: file.path, limit: 1 << 30).count == 3_000)
        #expect(journal.size == 3_000_000)
    }
}

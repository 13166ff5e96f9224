import Bridge
import Testing
import VirtualNetwork

@Suite("A journal of values by their keys")
struct KeyedJournalTests {
    @Test("Of each key the newest value outlives a crash, and what cannot be read takes no other with it")
    func newest() throws {
        let file = try TestFile()
        let journal = try KeyedJournal<[String]>(path: file.path)
        for (key, value) in [("a", ["1"]), ("b", ["2"]), ("a", ["3", "4"]), ("c", nil), ("b", nil), ("d", [])] as [(String, [String]?)] {
            #expect(journal.keep(value, under: key))
        }
        file.text += "nonsense\n{\"key\":\"e\",\"value\":7}\n{\"key\":\"a\",\"val"
        #expect(try KeyedJournal<[String]>(path: file.path).values == ["a": ["3", "4"], "d": []])
        #expect(try KeyedJournal<[String]>(path: file.path).values == ["a": ["3", "4"], "d": []])
    }

    @Test("Many changes of few values do not make the file grow", arguments: 1...2 as ClosedRange<UInt64>)
    func bounded(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let file = try TestFile()
        let journal = try KeyedJournal<Int>(path: file.path)
        var model: [String: Int] = [:]
        for step in 0..<20_000 {
            let key = "\(Int.random(in: 0..<20, using: &random))"
            let value = Bool.random(using: &random) ? step : nil
            model[key] = value
            #expect(journal.keep(value, under: key))
        }
        #expect(journal.values == model)
        #expect(file.text.utf8.count < 5_000 * 32)
        #expect(try KeyedJournal<Int>(path: file.path).values == model)
    }
}

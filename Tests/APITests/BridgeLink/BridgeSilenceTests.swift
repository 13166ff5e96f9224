import API
import Testing

@Suite("Bridges of other processes")
struct BridgeSilenceTests {
    @Test("One whose time of contact stands still for more than 60 s is silent, whatever its clock says")
    func silent() {
        var silence = BridgeSilence()
        #expect(silence.look(at: ["b": -5], now: .seconds(1)).isEmpty)
        #expect(silence.look(at: ["b": -5], now: .seconds(61)).isEmpty)
        #expect(silence.look(at: ["b": -5], now: .seconds(62)).map(\.bridge) == ["b"])
    }

    @Test("One that is heard of gets the time anew")
    func heard() {
        var silence = BridgeSilence()
        _ = silence.look(at: ["b": 1, "c": 9], now: .zero)
        _ = silence.look(at: ["b": 2, "c": 9], now: .seconds(50))
        #expect(silence.look(at: ["b": 2, "c": 9], now: .seconds(70)).map(\.bridge) == ["c"])
        #expect(silence.look(at: ["b": 2, "c": 9], now: .seconds(111)).map(\.bridge).sorted() == ["b", "c"])
    }

    @Test("While the books cannot be read nobody's silence counts")
    func forgotten() {
        var silence = BridgeSilence()
        _ = silence.look(at: ["b": 1], now: .zero)
        silence.forget()
        #expect(silence.look(at: ["b": 1], now: .seconds(300)).isEmpty)
        #expect(silence.look(at: ["b": 1], now: .seconds(361)).map(\.time) == [1])
    }
}

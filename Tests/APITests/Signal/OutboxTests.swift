import API
import Testing

@Suite("The outbox of a socket")
struct OutboxTests {
    private let kilobyte = [UInt8](repeating: 0x20, count: 1024)

    @Test("Items come out in the order in which they went in, then nothing")
    func order() async {
        let outbox = Outbox()
        #expect(outbox.put(.text([1])))
        #expect(outbox.put(.pong([2])))
        #expect(outbox.end(with: .close(.left)))
        #expect(await outbox.next() == .text([1]))
        #expect(await outbox.next() == .pong([2]))
        #expect(await outbox.next() == .close(.left))
        #expect(await outbox.next() == nil)
    }

    @Test("Beyond 1 MiB that nobody reads, nothing more is taken")
    func bound() {
        let outbox = Outbox()
        for _ in 0..<1024 { #expect(outbox.put(.text(kilobyte))) }
        #expect(!outbox.put(.text([0])))
    }

    @Test("Frames without content are counted, too")
    func empty() {
        let outbox = Outbox()
        let taken = (0..<100_000).count { _ in outbox.put(.pong([])) }
        #expect(taken == Outbox.frames)
        #expect(!outbox.put(.text([0])))
    }

    @Test("What was taken out makes room")
    func drained() async {
        let outbox = Outbox()
        for _ in 0..<1024 { _ = outbox.put(.text(kilobyte)) }
        _ = await outbox.next()
        #expect(outbox.put(.text(kilobyte)))
    }

    @Test("A slow reader's frames are dropped for the reason of the close")
    func slowReader() async {
        let outbox = Outbox()
        for _ in 0..<1024 { _ = outbox.put(.text(kilobyte)) }
        outbox.end(with: .close(.slowReader))
        #expect(await outbox.next() == .close(.slowReader))
        #expect(await outbox.next() == nil)
    }

    @Test("There is one end only, and nothing is queued behind it")
    func end() async {
        let outbox = Outbox()
        #expect(outbox.end(with: .close(.flood)))
        #expect(!outbox.end(with: .closeEcho(1000)))
        #expect(outbox.put(.text([1])))
        #expect(await outbox.next() == .close(.flood))
        #expect(await outbox.next() == nil)
    }

    @Test("A waiting writer is woken by an item, and by the end of the connection")
    func wakes() async {
        let outbox = Outbox()
        async let first = outbox.next()
        #expect(outbox.put(.text([7])))
        #expect(await first == .text([7]))
        async let second = outbox.next()
        outbox.abandon()
        #expect(await second == nil)
    }
}

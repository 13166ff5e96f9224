import Linux
import Testing

struct EventTests {
    @Test("A timer fires at its deadline and not before, once")
    func timer() throws {
        let epoll = try Epoll()
        let timer = try TimerFD()
        try epoll.add(timer, token: 42)
        #expect(try epoll.wait(milliseconds: 0) { _ in } == 0)

        let deadline = MonotonicClock.now() + .milliseconds(5)
        try timer.arm(at: deadline)
        var tokens: [UInt64] = []
        try epoll.wait(milliseconds: 1_000) { tokens.append($0) }
        #expect(tokens == [42])
        #expect(MonotonicClock.now() >= deadline)
        timer.acknowledge()
        #expect(try epoll.wait(milliseconds: 0) { _ in } == 0)
    }

    @Test("A deadline that has passed fires at once, a far or withdrawn one not")
    func passedAndWithdrawn() throws {
        let epoll = try Epoll()
        let timer = try TimerFD()
        try epoll.add(timer, token: 1)
        for deadline in [Duration.zero, .seconds(-1_000_000), MonotonicClock.now() - .milliseconds(1)] {
            try timer.arm(at: deadline)
            #expect(try epoll.wait(milliseconds: 1_000) { _ in } == 1)
            timer.acknowledge()
        }
        try timer.arm(at: .seconds(Int64.max))
        #expect(try epoll.wait(milliseconds: 0) { _ in } == 0)
        try timer.arm(at: .zero)
        try timer.arm(at: nil)
        #expect(try epoll.wait(milliseconds: 0) { _ in } == 0)
    }

    @Test("Another thread's signals wake the wait, many as one")
    func wakeUp() throws {
        let epoll = try Epoll()
        let event = try EventFD()
        try epoll.add(event, token: 7)
        let thread = try NativeThread(named: "a name longer than 15 bytes") {
            for _ in 0..<1_000 { event.signal() }
        }
        var tokens: [UInt64] = []
        try epoll.wait(milliseconds: 1_000) { tokens.append($0) }
        #expect(tokens == [7])
        try thread.join()
        event.acknowledge()
        #expect(try epoll.wait(milliseconds: 0) { _ in } == 0)
        event.signal()
        #expect(try epoll.wait(milliseconds: 0) { _ in } == 1)
        try epoll.remove(event)
        #expect(try epoll.wait(milliseconds: 0) { _ in } == 0)
        #expect(throws: LinuxError.self) { try epoll.remove(event) }
    }

    @Test("The clock counts from the start of the process and never backwards")
    func clock() {
        let first = MonotonicClock.now()
        let second = MonotonicClock.now()
        #expect(first >= .zero && first < .seconds(3_600))
        #expect(second >= first)
        // 2025-01-01 and 2100-01-01.
        #expect((1_735_689_600_000_000_000...4_102_444_800_000_000_000).contains(MonotonicClock.wallClockNanoseconds()))
    }
}

import Domain
import Testing

@Suite("The window of nonces")
struct NonceWindowTests {
    private func nonce(_ number: Int) -> ControlNonce {
        let digits = String(number, radix: 16)
        return ControlNonce(String(repeating: "0", count: 32 - digits.count) + digits)!
    }

    @Test("A nonce is remembered through its expiry and forgotten after it")
    func expiry() {
        var window = NonceWindow()
        #expect(window.admit(nonce(1), expiry: 100, now: 70) == .fresh)
        #expect(window.admit(nonce(1), expiry: 100, now: 100) == .replayed)
        #expect(window.count == 1)
        #expect(window.admit(nonce(2), expiry: 131, now: 101) == .fresh)
        #expect(window.count == 1)
    }

    @Test("A full window takes nothing new and forgets nothing early")
    func full() {
        var window = NonceWindow(capacity: 3)
        for number in 1...3 { #expect(window.admit(nonce(number), expiry: 100, now: 70) == .fresh) }
        #expect(window.admit(nonce(4), expiry: 100, now: 70) == .full)
        #expect(window.admit(nonce(1), expiry: 100, now: 70) == .replayed)
        #expect(window.admit(nonce(4), expiry: 131, now: 101) == .fresh)
    }

    @Test("It holds as many nonces as are in time, however long it runs")
    func bounded() {
        var window = NonceWindow(capacity: 1000)
        var most = 0
        for second in 0..<2000 as Range<Int64> {
            for index in 0..<10 {
                #expect(window.admit(nonce(Int(second) * 10 + index), expiry: second + 30, now: second) == .fresh)
            }
            most = max(most, window.count)
        }
        #expect(most == 310)
    }
}

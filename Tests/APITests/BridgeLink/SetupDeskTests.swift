import API
import Domain
import Logging
import Testing

@Suite("Telling the bridge of trunks and extensions")
struct SetupDeskTests {
    /// Books whose version a test sets.
    private actor Book: SetupBook {
        private var version: UInt64 = 1
        private var isUp = true
        struct Down: Error {}

        func set(_ version: UInt64) { self.version = version }
        func set(isUp: Bool) { self.isUp = isUp }

        func setupVersion() throws -> UInt64 {
            guard isUp else { throw Down() }
            return version
        }

        func bridgeSetup() throws -> BridgeSetup {
            guard isUp else { throw Down() }
            return BridgeSetup(version: version, trunks: [], extensions: [])
        }
    }

    private let book = Book()
    private let bridge = FakeBridge()
    private let ledger: SetupLedger
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() { ledger = SetupLedger(book: book, logger: quiet) }

    private func desk(isBridgeAlive: Bool = true) -> SetupDesk {
        SetupDesk(ledger: ledger, bridge: bridge, isBridgeAlive: { isBridgeAlive }, clock: ServerClock(), logger: quiet)
    }

    private var told: [UInt64] {
        get async { await bridge.commands.compactMap { if case .configure(let setup) = $0 { setup.version } else { nil } } }
    }

    @Test("A change is told once, and what the hello carried is not told again")
    func once() async {
        #expect(await ledger.current().version == 1)
        await desk().spread()
        #expect(await told == [])
        await book.set(2)
        await desk().spread()
        await desk().spread()
        #expect(await told == [2])
        await book.set(3)
        await desk().spread()
        #expect(await told == [2, 3])
    }

    @Test("A bridge that does not take it is told again, and one that is gone is left to its hello")
    func again() async {
        _ = await ledger.current()
        await book.set(2)
        await desk(isBridgeAlive: false).spread()
        #expect(await told == [])
        await bridge.refuse(.shuttingDown)
        await desk().spread()
        await bridge.refuse(nil)
        await desk().spread()
        #expect(await told == [2, 2])
    }

    @Test("A hello while the books cannot be read carries nothing, and everything is told once they can")
    func unreadable() async {
        await book.set(isUp: false)
        #expect(await ledger.current() == .none)
        await desk().spread()
        #expect(await told == [])
        await book.set(isUp: true)
        await desk().spread()
        #expect(await told == [1])
    }
}

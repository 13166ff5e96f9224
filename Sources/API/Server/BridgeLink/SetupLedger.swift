import Domain
import Logging
import Store

/// Where the bridge's setup is read. `Store` is the one there is; tests have their own.
package protocol SetupBook: Sendable {
    func setupVersion() async throws -> UInt64
    func bridgeSetup() async throws -> BridgeSetup
}

/// `Store` says both with its own error.
extension Store: SetupBook {}

/// What the bridge has been told of trunks and extensions, and what it has to be told.
package actor SetupLedger {
    private let book: any SetupBook
    private let logger: Logger
    /// The version that the bridge has, as far as this process knows; 0 for none.
    private var told: UInt64 = 0

    package init(book: any SetupBook, logger: Logger) {
        self.book = book
        self.logger = logger
    }

    /// For a hello. A database that cannot be read must not keep the wings apart: then the bridge is told later.
    package func current() async -> BridgeSetup {
        do {
            let setup = try await book.bridgeSetup()
            told = setup.version
            return setup
        } catch {
            logger.error("trunks and extensions not read", metadata: ["error": "\(error)"])
            told = 0
            return .none
        }
    }

    /// What has changed since the bridge was told; `nil` if nothing has.
    package func pending() async throws -> BridgeSetup? {
        guard try await book.setupVersion() > told else { return nil }
        return try await book.bridgeSetup()
    }

    /// The bridge has taken it.
    package func told(_ version: UInt64) { told = max(told, version) }
}

/// Tells the bridge of changed trunks and extensions: at once after a change here, and soon after one elsewhere.
package struct SetupDesk: Sendable {
    /// Milliseconds that a change waits for the bridge's answer at most.
    private static let patience: Int64 = 2_000

    let ledger: SetupLedger
    let bridge: any BridgeConnection
    let isBridgeAlive: @Sendable () async -> Bool
    let clock: ServerClock
    let logger: Logger

    package init(
        ledger: SetupLedger, bridge: any BridgeConnection, isBridgeAlive: @escaping @Sendable () async -> Bool, clock: ServerClock, logger: Logger
    ) {
        self.ledger = ledger
        self.bridge = bridge
        self.isBridgeAlive = isBridgeAlive
        self.clock = clock
        self.logger = logger
    }

    /// Returns once the bridge knows what is in the books, or cannot be told now: the next round or its hello does it then.
    package func spread() async {
        // Its hello will carry everything.
        guard await isBridgeAlive() else { return }
        do {
            guard let setup = try await ledger.pending() else { return }
            guard case .accepted = try await bridge.send(.configure(setup), expiry: clock.wallMilliseconds + Self.patience) else {
                logger.error("trunks and extensions refused by the bridge", metadata: ["version": "\(setup.version)"])
                return
            }
            await ledger.told(setup.version)
        } catch {
            logger.warning("bridge not told of trunks and extensions", metadata: ["error": "\(error)"])
        }
    }
}

import Domain

/// The request/answer lane to a bridge.
package protocol BridgeConnection: Sendable {
    /// Asks the bridge, again and again with the same id, until it answers or `expiry` (milliseconds since 1970 UTC) has passed.
    ///
    /// - Parameters:
    ///   - id: 32 hex digits; the bridge does the same id once.
    ///   - claim: asked before the command first goes out in an epoch; `false`: it must not.
    func send(
        _ command: BridgeCommand, id: String, expiry: Int64, claim: @Sendable (_ epoch: UInt64) async -> Bool
    ) async throws(BridgeUnavailable) -> BridgeAnswer
}

extension BridgeConnection {
    /// A command that nobody will send again.
    func send(_ command: BridgeCommand, expiry: Int64) async throws(BridgeUnavailable) -> BridgeAnswer {
        var generator = SystemRandomNumberGenerator()
        return try await send(command, id: HexDigits.random(count: 32, using: &generator), expiry: expiry, claim: { _ in true })
    }
}

/// The bridge did not answer.
package struct BridgeUnavailable: Error, Equatable {
    /// Whether it may have received the command all the same.
    package var mayHaveArrived: Bool
    /// It was not sent because its claim was refused: it is somebody else's now, or over.
    package var isClaimRefused: Bool

    package init(mayHaveArrived: Bool, isClaimRefused: Bool = false) {
        self.mayHaveArrived = mayHaveArrived
        self.isClaimRefused = isClaimRefused
    }
}

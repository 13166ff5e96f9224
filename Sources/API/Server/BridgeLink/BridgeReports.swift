import Domain

/// Asks the bridge what it knows at this moment.
struct BridgeReports: Sendable {
    /// Milliseconds that a question waits for its answer.
    private static let patience: Int64 = 4_000

    let bridge: any BridgeConnection
    let clock: ServerClock

    /// Rooms by name, those after `after`.
    func rooms(after: RoomSlug?, limit: Int) async throws(BridgeUnavailable) -> [RoomState] { try await rooms(.rooms(after: after, limit: limit)) }

    /// `nil` if nobody is in a room of that name.
    func room(_ slug: RoomSlug) async throws(BridgeUnavailable) -> RoomState? { try await rooms(.room(slug)).first }

    /// Where these extensions are registered, by their digits; `nil` if the bridge cannot be asked now.
    func contacts(of extensions: [ExtensionNumber]) async -> [String: [RegisteredContact]]? {
        guard !extensions.isEmpty, let report = try? await ask(.contacts(extensions: extensions.map(\.text))), case .contacts(let contacts) = report
        else {
            return nil
        }
        return contacts
    }

    private func rooms(_ query: BridgeQuery) async throws(BridgeUnavailable) -> [RoomState] {
        guard case .rooms(let rooms) = try await ask(query) else { throw BridgeUnavailable(mayHaveArrived: true) }
        return rooms
    }

    private func ask(_ query: BridgeQuery) async throws(BridgeUnavailable) -> BridgeReport {
        guard case .report(let report) = try await bridge.send(.query(query), expiry: clock.wallMilliseconds + Self.patience) else {
            throw BridgeUnavailable(mayHaveArrived: true)
        }
        return report
    }
}

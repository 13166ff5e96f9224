import Linux
import Synchronization

/// Where other threads leave what they ask of a media thread.
final class MediaMailbox: Sendable {
    /// Messages that may wait; a command beyond is refused at once.
    private static let limit = 4_096

    let wake: EventFD
    private let state = Mutex((messages: [MediaMessage](), isClosed: false))

    init() throws(LinuxError) { wake = try EventFD() }

    /// What became of a message.
    enum Receipt { case taken, full, closed }

    func post(_ message: MediaMessage) -> Receipt {
        let receipt = state.withLock { state -> Receipt in
            if state.isClosed { return .closed }
            if state.messages.count >= Self.limit, case .command = message { return .full }
            state.messages.append(message)
            return .taken
        }
        if receipt == .taken { wake.signal() }
        return receipt
    }

    func takeAll() -> [MediaMessage] {
        wake.acknowledge()
        return state.withLock { state in
            defer { state.messages = [] }
            return state.messages
        }
    }

    /// Takes nothing any more, and returns what had come until now: its senders are still to be answered.
    func close() -> [MediaMessage] {
        state.withLock { state in
            defer { state = ([], true) }
            return state.messages
        }
    }
}

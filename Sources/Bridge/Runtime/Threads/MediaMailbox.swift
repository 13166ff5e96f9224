import Linux
import Synchronization

/// Where other threads leave what they ask of a media thread.
final class MediaMailbox: Sendable {
    /// Messages that may wait; a command beyond is refused at once.
    private static let limit = 4_096

    let wake: EventFD
    private let messages = Mutex<[MediaMessage]>([])

    init() throws(LinuxError) { wake = try EventFD() }

    /// - Returns: `false` if the thread is so far behind that nothing more is taken.
    func post(_ message: MediaMessage) -> Bool {
        let taken = messages.withLock { messages in
            if messages.count >= Self.limit, case .command = message { return false }
            messages.append(message)
            return true
        }
        if taken { wake.signal() }
        return taken
    }

    func takeAll() -> [MediaMessage] {
        wake.acknowledge()
        return messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}

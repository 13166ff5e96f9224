import Linux
import Synchronization

/// What other threads want of a generator's thread, which wakes up for it.
final class Mailbox<Message: Sendable>: Sendable {
    let wake: EventFD
    private let messages = Mutex<[Message]>([])

    init() throws(LinuxError) { wake = try EventFD() }

    func post(_ message: Message) {
        messages.withLock { $0.append(message) }
        wake.signal()
    }

    func takeAll() -> [Message] {
        wake.acknowledge()
        return messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}

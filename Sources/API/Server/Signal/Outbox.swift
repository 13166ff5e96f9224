import Synchronization

/// What waits to be written to one socket, bounded in bytes: a browser that does not read cannot make us hoard for it.
///
/// Anybody puts in, in any thread, without waiting; one writer takes out.
package final class Outbox: Sendable {
    /// Bytes that may wait.
    package static let limit = 1024 * 1024
    /// Frames that may wait, however short they are.
    package static let frames = 4096

    package enum Item: Sendable, Equatable {
        case text([UInt8])
        case pong([UInt8])
        /// The last one.
        case close(SignalClose)
        /// The browser closed; its own code goes back.
        case closeEcho(UInt16?)
    }

    fileprivate struct State {
        var items: [Item] = []
        var bytes = 0
        var isEnded = false
        var writer: CheckedContinuation<Item?, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    /// Queues a frame; `false` if the reader is too far behind, then nothing was queued.
    package func put(_ item: Item) -> Bool {
        let (fits, writer) = state.withLock { state -> (Bool, CheckedContinuation<Item?, Never>?) in
            guard !state.isEnded else { return (true, nil) }
            guard state.bytes + item.size <= Self.limit, state.items.count < Self.frames else { return (false, nil) }
            return (true, state.hand(item))
        }
        writer?.resume(returning: item)
        return fits
    }

    /// Queues the last item; `false` if there was one before. A slow reader's frames are dropped: it would not come to their end.
    @discardableResult
    package func end(with item: Item) -> Bool {
        let (isFirst, writer) = state.withLock { state -> (Bool, CheckedContinuation<Item?, Never>?) in
            guard !state.isEnded else { return (false, nil) }
            if item == .close(.slowReader) {
                state.items.removeAll()
                state.bytes = 0
            }
            state.isEnded = true
            return (true, state.hand(item))
        }
        writer?.resume(returning: item)
        return isFirst
    }

    /// Nothing more is to be written: the connection is gone.
    package func abandon() {
        let writer = state.withLock { state in
            state.isEnded = true
            state.items.removeAll()
            state.bytes = 0
            return state.writer.take()
        }
        writer?.resume(returning: nil)
    }

    /// The next item for the one writer; `nil` after the last.
    package func next() async -> Item? {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> Item?? in
                if !state.items.isEmpty {
                    let item = state.items.removeFirst()
                    state.bytes -= item.size
                    return .some(item)
                }
                if state.isEnded { return .some(nil) }
                state.writer = continuation
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }
}

extension Outbox.State {
    /// The writer that waits for the item, to be resumed outside of the lock; without one the item is queued.
    fileprivate mutating func hand(_ item: Outbox.Item) -> CheckedContinuation<Outbox.Item?, Never>? {
        if let writer = writer.take() { return writer }
        items.append(item)
        bytes += item.size
        return nil
    }
}

extension Outbox.Item {
    var size: Int {
        switch self {
        case .text(let bytes), .pong(let bytes): bytes.count
        case .close, .closeEcho: 0
        }
    }
}

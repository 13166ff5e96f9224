internal import CLibCurl
import Glibc

typealias Waiter = CheckedContinuation<Result<HTTPAnswer, HTTPFailure>, Never>

/// The thread of a client: it takes messages from other threads by a list under a lock, and sleeps in libcurl's poll otherwise.
final class CurlThread: @unchecked Sendable {
    /// Where a message is, from its ticket to its answer.
    private enum Stage {
        case announced, underway
        /// Cancelled before or after it was submitted; who comes to it next ends it.
        case cancelled
    }

    private struct Order {
        var ticket: UInt64
        var post: HTTPPost
        var waiter: Waiter
    }

    private let configuration: CurlClient.Configuration
    private let multi: OpaqueMulti
    // Guarded by `lock`: what other threads ask for.
    private var orders: [Order] = []
    private var tickets: [UInt64: Stage] = [:]
    private var underway = 0
    private var lastTicket: UInt64 = 0
    private var isStopped = false
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    // Of the thread alone.
    private var transfers: [UnsafeMutableRawPointer: CurlTransfer] = [:]

    /// How long the thread sleeps when it has nothing to wait for, milliseconds; a wake-up ends it.
    private static let idleMilliseconds: Int32 = 60_000

    init(_ configuration: CurlClient.Configuration) throws(HTTPFailure) {
        self.configuration = configuration
        guard Self.isInitialised, let multi = OpaqueMulti(keptConnections: configuration.maximumInFlight) else { throw .exhausted }
        self.multi = multi
        pthread_mutex_init(lock, nil)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<CurlThread>.fromOpaque(context).takeRetainedValue().work()
                return nil
            }, context.toOpaque())
        guard failure == 0 else {
            context.release()
            throw .exhausted
        }
        pthread_detach(thread)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// libcurl's own preparation is not thread-safe; a `static let` runs once.
    private static let isInitialised = clibcurl_global_init() == CURLE_OK

    // MARK: From any thread

    func ticket() -> UInt64 {
        withLock {
            lastTicket += 1
            tickets[lastTicket] = .announced
            return lastTicket
        }
    }

    func submit(_ post: HTTPPost, ticket: UInt64, _ waiter: Waiter) {
        let refusal: HTTPFailure? = withLock {
            let isCancelled = tickets[ticket] == .cancelled
            guard !isStopped, !isCancelled, underway < configuration.maximumInFlight else {
                tickets[ticket] = nil
                return isStopped || isCancelled ? .cancelled : .exhausted
            }
            tickets[ticket] = .underway
            underway += 1
            orders.append(Order(ticket: ticket, post: post, waiter: waiter))
            return nil
        }
        if let refusal { waiter.resume(returning: .failure(refusal)) } else { multi.wakeUp() }
    }

    /// May come before its `submit`, which then finds the mark; and after the end of the transfer, when it means nothing.
    func cancel(_ ticket: UInt64) {
        withLock { if tickets[ticket] != nil { tickets[ticket] = .cancelled } }
        multi.wakeUp()
    }

    func stop() {
        withLock { isStopped = true }
        multi.wakeUp()
    }

    // MARK: On the thread

    private func work() {
        while true {
            let (fresh, unwanted, isStopping) = takeOrders()
            for order in fresh { begin(order) }
            for (handle, transfer) in transfers where isStopping || unwanted.contains(transfer.ticket) {
                finish(handle, transfer, .failure(.cancelled))
            }
            if isStopping { return }
            multi.perform()
            while let (handle, code) = multi.nextDone() {
                if let transfer = transfers[handle] { finish(handle, transfer, transfer.outcome(code)) }
            }
            multi.poll(milliseconds: Self.idleMilliseconds)
        }
    }

    private func takeOrders() -> (fresh: [Order], unwanted: Set<UInt64>, isStopping: Bool) {
        withLock {
            let fresh = orders
            orders = []
            return (fresh, Set(tickets.lazy.filter { $0.value == .cancelled }.map(\.key)), isStopped)
        }
    }

    private func begin(_ order: Order) {
        guard let transfer = CurlTransfer(order.post, configuration, ticket: order.ticket, waiter: order.waiter) else {
            forget(order.ticket)
            order.waiter.resume(returning: .failure(.malformedRequest))
            return
        }
        transfers[transfer.handle] = transfer
        if !multi.add(transfer.handle) { finish(transfer.handle, transfer, .failure(.exhausted)) }
    }

    private func finish(_ handle: UnsafeMutableRawPointer, _ transfer: CurlTransfer, _ result: Result<HTTPAnswer, HTTPFailure>) {
        forget(transfer.ticket)
        // The waiter first: letting go of a handle may take a moment.
        transfer.waiter.resume(returning: result)
        multi.remove(handle)
        transfers[handle] = nil
    }

    private func forget(_ ticket: UInt64) {
        withLock {
            tickets[ticket] = nil
            underway -= 1
        }
    }

    private func withLock<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }
}

/// The owner of a `CURLM`. All but `wakeUp` is for one thread.
private final class OpaqueMulti: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer

    /// - Parameter keptConnections: that stay open for the next message to the same server.
    init?(keptConnections: Int) {
        guard let handle = curl_multi_init() else { return nil }
        self.handle = handle
        _ = clibcurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, keptConnections)
    }

    deinit { curl_multi_cleanup(handle) }

    /// From any thread: ends the poll at once, or the next one.
    func wakeUp() { curl_multi_wakeup(handle) }

    func add(_ easy: UnsafeMutableRawPointer) -> Bool { curl_multi_add_handle(handle, easy) == CURLM_OK }

    func remove(_ easy: UnsafeMutableRawPointer) { curl_multi_remove_handle(handle, easy) }

    func perform() {
        var running: Int32 = 0
        curl_multi_perform(handle, &running)
    }

    func poll(milliseconds: Int32) {
        if curl_multi_poll(handle, nil, 0, milliseconds, nil) != CURLM_OK {
            // Only memory can be short here: try again in a moment rather than spin.
            usleep(10_000)
        }
    }

    func nextDone() -> (handle: UnsafeMutableRawPointer, code: CURLcode)? {
        var code = CURLE_OK
        return clibcurl_next_done(handle, &code).map { ($0, code) }
    }
}

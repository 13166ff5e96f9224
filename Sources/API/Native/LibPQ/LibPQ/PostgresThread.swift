internal import Glibc

/// A thread that runs the jobs of one actor, one after the other, so that blocking in them holds up nobody else.
///
/// Swift's shared pool has a thread per core: a blocking call there would stop the whole process.
final class PostgresThread: SerialExecutor, @unchecked Sendable {
    // Guarded by `lock`; everything else is constant. A condition variable needs a fixed address, hence the pointers.
    private var jobs: [UnownedJob] = []
    private var isStopped = false
    private var thread: pthread_t?
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// Throws `unavailable` if the system gives no thread.
    init() throws(PostgresError) {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(wakeUp, nil)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<PostgresThread>.fromOpaque(context).takeRetainedValue().work()
                return nil
            }, context.toOpaque())
        guard failure == 0 else {
            context.release()
            throw PostgresError(.unavailable, "no thread for a connection: error \(failure)")
        }
        pthread_detach(thread)
        withLock { self.thread = thread }
    }

    deinit {
        pthread_cond_destroy(wakeUp)
        pthread_mutex_destroy(lock)
        wakeUp.deallocate()
        lock.deallocate()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        withLock { jobs.append(job) }
        pthread_cond_signal(wakeUp)
    }

    /// Ends the thread after the jobs that it has.
    func stop() {
        withLock { isStopped = true }
        pthread_cond_signal(wakeUp)
    }

    // Without these two, `assumeIsolated` traps on a custom executor.
    func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the connection's thread")
    }

    func isIsolatingCurrentContext() -> Bool? {
        withLock { thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    private func work() {
        while let batch = nextBatch() {
            for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }

    /// Waits for jobs; `nil` when there are none left and none will come.
    private func nextBatch() -> [UnownedJob]? {
        withLock {
            while jobs.isEmpty {
                if isStopped { return nil }
                pthread_cond_wait(wakeUp, lock)
            }
            defer { jobs.removeAll() }
            return jobs
        }
    }

    private func withLock<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }
}

import Linux
import Synchronization

/// One thread that runs the media of all legs, as the bridge does on its side.
final class MediaGenerator: Sendable {
    enum Message: Sendable {
        case open(LegPlan, id: UInt64)
        case speak(id: UInt64, OpusLoop?, from: Duration, position: Int, mode: ListeningMode)
        /// Switches a camera on, or off where there is no time.
        case film(id: UInt64, from: Duration?)
        /// Everything since the last `speak`, of all legs at one moment.
        case tell(ids: [UInt64], reply: @Sendable ([LegRecord?]) -> Void)
        case close(id: UInt64)
        case stop
    }

    private let mailbox: Mailbox<Message>
    private let ids = Atomic<UInt64>(1)
    private let thread: NativeThread

    init() throws {
        let mailbox = try Mailbox<Message>()
        self.mailbox = mailbox
        thread = try NativeThread(named: "legs") {
            do {
                try GeneratorLoop(mailbox).run()
            } catch {
                print("The legs' thread ended: \(error)")
            }
        }
    }

    /// Opens a leg: checks, then DTLS. Answers its id and when DTLS was established.
    func open(
        _ plan: (_ established: @escaping @Sendable (Result<Duration, BenchError>) -> Void) -> LegPlan
    ) async throws -> (id: UInt64, at: Duration) {
        let id = ids.wrappingAdd(1, ordering: .relaxed).newValue
        let at = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Duration, any Error>) in
            mailbox.post(.open(plan { continuation.resume(with: $0.mapError { $0 as any Error }) }, id: id))
        }
        return (id, at)
    }

    func speak(_ id: UInt64, _ audio: OpusLoop, from first: Duration, position: Int, mode: ListeningMode) {
        mailbox.post(.speak(id: id, audio, from: first, position: position, mode: mode))
    }

    /// Counts anew, without saying anything.
    func listen(_ id: UInt64, _ mode: ListeningMode) {
        mailbox.post(.speak(id: id, nil, from: .zero, position: 0, mode: mode))
    }

    func film(_ id: UInt64, from first: Duration?) { mailbox.post(.film(id: id, from: first)) }

    /// What is known of legs, all at one moment; throws if one is gone.
    func records(_ ids: [UInt64]) async throws -> [LegRecord] {
        let records = await withCheckedContinuation { continuation in
            mailbox.post(.tell(ids: ids) { continuation.resume(returning: $0) })
        }
        return try records.map { record in
            guard let record else { throw BenchError("the leg is gone") }
            return record
        }
    }

    func close(_ id: UInt64) { mailbox.post(.close(id: id)) }

    func stop() {
        mailbox.post(.stop)
        try? thread.join()
    }
}

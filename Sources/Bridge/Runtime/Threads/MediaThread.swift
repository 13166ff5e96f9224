import Domain
import Glibc
import Linux
import Logging
import Media

/// One media thread as the rest of the bridge sees it: a mailbox, and a thread that runs a `MediaLoop`.
final class MediaThread: Sendable {
    private let mailbox: MediaMailbox
    private let thread: NativeThread

    /// - Throws: `LinuxError` if a socket cannot be bound; it names the address.
    init(
        _ settings: MediaThreadSettings, log: EventLog, toolbox: @escaping @Sendable () -> any MediaToolbox, speech: @escaping SpeechRequest,
        callEnded: @escaping @Sendable (CallID) -> Void, phones: PhoneLine, logger: Logger
    ) throws(LinuxError) {
        let mailbox = try MediaMailbox()
        // Bound here, so that a taken port is told to whoever starts us. From then on they are the thread's alone.
        nonisolated(unsafe) let sockets = try MediaSockets(settings)
        self.mailbox = mailbox
        thread = try NativeThread(named: "media-\(settings.index)") {
            do {
                let loop = try MediaLoop(
                    settings, sockets: sockets, mailbox: mailbox, log: log, toolbox: toolbox(), speech: speech, callEnded: callEnded,
                    phones: phones, logger: logger)
                try loop.run()
            } catch {
                // Without this thread its rooms would be dead and every question to them unanswered: the supervisor starts a whole bridge again.
                logger.critical("media thread ended", metadata: ["error": "\(error)"])
                exit(EXIT_FAILURE)
            }
        }
    }

    func perform(_ command: BridgeCommand) async -> BridgeAnswer {
        await withCheckedContinuation { continuation in
            switch mailbox.post(.command(command) { continuation.resume(returning: $0) }) {
            case .taken: break
            case .full: continuation.resume(returning: .refused(.atCapacity))
            case .closed: continuation.resume(returning: .refused(.shuttingDown))
            }
        }
    }

    /// - Parameter speech: µ-law at 8 kHz; `nil` if it could not be spoken.
    func deliver(speech: [UInt8]?, of call: CallID, room: RoomSlug) {
        _ = mailbox.post(.speech(call, room: room, speech))
    }

    func deliver(_ news: PhoneNews, of call: CallID, room: RoomSlug) { _ = mailbox.post(.phone(call, room: room, news)) }

    func snapshot() async -> ThreadSnapshot {
        await withCheckedContinuation { continuation in
            if mailbox.post(.snapshot { continuation.resume(returning: $0) }) != .taken {
                continuation.resume(returning: ThreadSnapshot(rooms: [], liveCalls: []))
            }
        }
    }

    /// Ends every call and place, and waits until that is done.
    func stop() async {
        await withCheckedContinuation { continuation in
            if mailbox.post(.stop { continuation.resume() }) != .taken { continuation.resume() }
        }
    }
}

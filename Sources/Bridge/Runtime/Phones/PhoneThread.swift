import Domain
import Glibc
import Linux
import Logging
import SIP

/// The SIP thread as the rest of the bridge sees it: a mailbox, and a thread that runs a `PhoneLoop`.
final class PhoneThread: Sendable {
    private let mailbox: PhoneMailbox
    private let thread: NativeThread

    /// - Throws: `BridgeStartError` if the port is taken or the journal cannot be written.
    init(
        _ settings: PhoneSettings, logger: Logger, trunkNews: @escaping TrunkNewsDelivery, deliver: @escaping PhoneNewsDelivery
    ) throws {
        let mailbox = try PhoneMailbox()
        self.mailbox = mailbox
        // Both are opened here, so that what is wrong with them is told to whoever starts us. From then on they are the thread's alone.
        nonisolated(unsafe) let journal = try DialogJournal(path: settings.journal)
        nonisolated(unsafe) let registrations = try KeyedJournal<[BindingRecord]>(path: settings.registrations)
        nonisolated(unsafe) let socket: SIPSocket
        do throws(LinuxError) {
            socket = try SIPSocket(port: settings.sipPort)
        } catch {
            throw BridgeStartError("The SIP port \(settings.sipPort) cannot be used (\(error)). Choose another with --sip-port.")
        }
        thread = try NativeThread(named: "sip") {
            do {
                let loop = try PhoneLoop(
                    settings, socket: socket, journal: journal, registrations: registrations, mailbox: mailbox, logger: logger,
                    trunkNews: trunkNews, deliver: deliver)
                try loop.run()
            } catch {
                // Without this thread no phone can be hung up any more: the supervisor starts a whole bridge, which ends what is left.
                logger.critical("SIP thread ended", metadata: ["error": "\(error)"])
                exit(EXIT_FAILURE)
            }
        }
    }

    func order(_ order: PhoneOrder) { mailbox.post(.order(order)) }

    func configure(_ setup: BridgeSetup) { mailbox.post(.configure(setup)) }

    /// How a trunk stands, for a test after it was asked; `nil` for one that is not set up.
    func report(of trunk: TrunkID, isTest: Bool) async -> TrunkReport? {
        await withCheckedContinuation { continuation in
            mailbox.post(.report(trunk, isTest: isTest) { continuation.resume(returning: $0) })
        }
    }

    func counters() async -> SIPCounters {
        await withCheckedContinuation { continuation in mailbox.post(.count { continuation.resume(returning: $0) }) }
    }

    /// Where these extensions are registered, by their digits.
    func contacts(of extensions: [String]) async -> [String: [RegisteredContact]] {
        await withCheckedContinuation { continuation in mailbox.post(.contacts(extensions) { continuation.resume(returning: $0) }) }
    }

    /// Waits until the last BYEs are answered, or a second is over.
    func stop() async {
        await withCheckedContinuation { continuation in mailbox.post(.stop { continuation.resume() }) }
    }
}

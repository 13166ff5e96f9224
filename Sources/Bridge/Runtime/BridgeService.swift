import Domain
import Hummingbird
import Linux
import Logging
import ServiceLifecycle
import UnixSignals

/// Runs a bridge until it is told to go: media threads and the control endpoint, in this order up, in the other down.
public func runBridge(_ configuration: BridgeConfiguration, logger: Logger) async throws {
    let journal = try EventJournal(path: configuration.folder + "/events.journal", epoch: configuration.epoch, logger: logger)
    let log = EventLog(epoch: configuration.epoch, journal: journal)
    let threads = try MediaThreads(configuration, log: log, synthesizer: SpeechSynthesizer(logger: logger), logger: logger)
    let server = ControlServer(
        gate: ControlGate(id: configuration.id, epoch: configuration.epoch, keys: ControlKeys(configuration.controlToBridge)),
        answerKeys: ControlKeys(configuration.controlToAPI), build: configuration.build, threads: threads, log: log,
        processFigures: configuration.processFigures, logger: logger)
    let application = Application(
        router: server.router,
        configuration: .init(address: .hostname(configuration.controlHost, port: configuration.controlPort)), logger: logger)
    let group = ServiceGroup(
        configuration: .init(
            services: [.init(service: application), .init(service: LiveRoomsService(threads: threads, log: log))],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
}

/// Ends every call politely when the process is told to go, and leaves the web side a moment to hear of it.
private struct LiveRoomsService: Service {
    /// With this the whole installation is down well within 5 s.
    private static let farewell = Duration.milliseconds(1_500)

    let threads: MediaThreads
    let log: EventLog

    func run() async throws {
        try await gracefulShutdown()
        await threads.stop()
        await log.drained(atMost: Self.farewell)
        log.releaseAll()
    }
}

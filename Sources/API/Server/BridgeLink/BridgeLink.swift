import Domain
import Logging
import ServiceLifecycle

/// The link to one bridge: greets it, sends it commands, follows its events, and notices when it is gone.
///
/// The bridge needs no address of ours: every exchange is begun from here.
package actor BridgeLink: BridgeConnection {
    /// How long the bridge may hold a request for events. Well under the lease, so that silence means something.
    private static let poll = Duration.seconds(5)
    /// How long one try of a command may take.
    private static let patience = Duration.seconds(4)
    private static let pauses: [Duration] = [.milliseconds(50), .milliseconds(100), .milliseconds(250), .milliseconds(500), .seconds(1)]

    private let exchange: ControlExchange
    private let api: String
    /// What the bridge must know before it can place calls.
    private let setup: @Sendable () async -> BridgeSetup
    private let clock: ServerClock
    private let logger: Logger
    private var lease: BridgeLease
    /// The bridge's epoch, once it has greeted; `nil` while it has to greet (again).
    private var epoch: UInt64?
    private var lastEpoch: UInt64?
    /// Whether everything that the bridge had reported at the last question is in the books.
    private(set) package var isUpToDate = false
    /// What the operator was last told of the link, so that a long failure is one line.
    private var lastComplaint = ""

    package init(
        exchange: ControlExchange, api: String, setup: @escaping @Sendable () async -> BridgeSetup, clock: ServerClock, logger: Logger
    ) {
        self.setup = setup
        self.exchange = exchange
        self.api = api
        self.clock = clock
        self.logger = logger
        lease = BridgeLease(now: clock.now)
    }

    package var isAlive: Bool { lease.state == .alive && epoch != nil }

    // MARK: Commands

    package func send(
        _ command: BridgeCommand, id: String, expiry: Int64, claim: @Sendable (UInt64) async -> Bool
    ) async throws(BridgeUnavailable) -> BridgeAnswer {
        var attempt = Attempt()
        for pause in Self.pauses + Array(repeating: .seconds(1), count: 60) {
            guard expiry > clock.wallMilliseconds, !Task.isCancelled else { break }
            if let epoch {
                let request = CommandRequest(id: id, epoch: epoch, expiresAtMilliseconds: expiry, command: command)
                if let answer = try await tryOnce(request, &attempt, claim) { return answer }
            }
            guard (try? await Task.sleep(for: pause)) != nil else { break }
        }
        throw BridgeUnavailable(mayHaveArrived: attempt.mayHaveArrivedIn != nil)
    }

    /// What is known of a command on its way.
    private struct Attempt {
        var claimedFor: UInt64?
        /// The epoch in which it may have been received: it must never be sent in another, or a phone could ring twice.
        var mayHaveArrivedIn: UInt64?
    }

    /// One try; `nil` if another may follow.
    private func tryOnce(
        _ request: CommandRequest, _ attempt: inout Attempt, _ claim: @Sendable (UInt64) async -> Bool
    ) async throws(BridgeUnavailable) -> BridgeAnswer? {
        let givenUp = BridgeUnavailable(mayHaveArrived: attempt.mayHaveArrivedIn != nil)
        if let before = attempt.mayHaveArrivedIn, before != request.epoch { throw givenUp }
        if attempt.claimedFor != request.epoch {
            guard await claim(request.epoch) else {
                throw BridgeUnavailable(mayHaveArrived: givenUp.mayHaveArrived, isClaimRefused: true)
            }
            attempt.claimedFor = request.epoch
        }
        let left = Duration.milliseconds(max(1, request.expiresAtMilliseconds - clock.wallMilliseconds))
        do {
            return try await ask("/control/command", request, epoch: request.epoch, timeout: min(Self.patience, left), as: BridgeAnswer.self)
        } catch {
            switch error {
            case .unreachable, .unbelievable: attempt.mayHaveArrivedIn = request.epoch
            case .wrongEpoch, .notBelieved: forget(request.epoch)
            case .expired: throw givenUp
            case .status(let status):
                logger.error("command refused", metadata: ["status": "\(status)"])
                throw givenUp
            }
            return nil
        }
    }

    private func forget(_ stale: UInt64) {
        if epoch == stale { epoch = nil }
    }

    /// What the bridge has counted; `nil` if it does not answer at once.
    package func figures() async -> BridgeFigures? {
        guard let epoch else { return nil }
        return try? await ask(
            "/control/figures", FiguresRequest(epoch: epoch), epoch: epoch, timeout: .seconds(1), as: BridgeFigures.self)
    }

    // MARK: The link itself

    /// Runs until it is cancelled.
    package func follow(_ listener: any BridgeListener) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watch(listener) }
            await self.talk(listener)
            group.cancelAll()
        }
    }

    private func talk(_ listener: any BridgeListener) async {
        var attempt = 0
        while !Task.isCancelled {
            do {
                isUpToDate = false
                let hello = try await greet()
                let acknowledged = try await announce(hello, to: listener)
                attempt = 0
                try await listen(listener, epoch: hello.epoch, after: acknowledged)
            } catch {
                complain(error)
            }
            let pause = Self.pauses[min(attempt, Self.pauses.count - 1)]
            attempt += 1
            guard (try? await Task.sleep(for: pause)) != nil else { return }
        }
    }

    private func greet() async throws -> HelloAnswer {
        try await ask("/control/hello", HelloRequest(api: api, setup: await setup()), epoch: 0, timeout: Self.patience, as: HelloAnswer.self)
    }

    private func announce(_ hello: HelloAnswer, to listener: any BridgeListener) async throws -> UInt64 {
        let restarted = lastEpoch != nil && lastEpoch != hello.epoch
        if lastEpoch != hello.epoch {
            logger.info("bridge greeted", metadata: ["bridge": "\(hello.bridge)", "epoch": "\(hello.epoch)", "build": "\(hello.build)"])
        }
        // Rooms need no database: commands may go out while the books are still brought up to date.
        epoch = hello.epoch
        await listener.met(hello, restarted: restarted)
        lastEpoch = hello.epoch
        for former in hello.formerEpochs { try await recover(former, in: hello.epoch, listener) }
        let acknowledged = try await listener.greeted(hello)
        if lastComplaint != "" { logger.info("bridge link in order again") }
        lastComplaint = ""
        return acknowledged
    }

    /// Reads to its end what an earlier epoch has left. What is applied twice over a fault has its effect once.
    private func recover(_ former: UInt64, in epoch: UInt64, _ listener: any BridgeListener) async throws {
        var acknowledged: UInt64 = 0
        var count = 0
        while true {
            let request = EventsRequest(epoch: epoch, acknowledged: acknowledged, waitMilliseconds: 0, former: former)
            let answer = try await ask("/control/events", request, epoch: epoch, timeout: Self.patience, as: EventsAnswer.self)
            let before = acknowledged
            for event in answer.events where event.position > acknowledged {
                try await listener.recover(event, epoch: former)
                acknowledged = event.position
                count += 1
            }
            guard acknowledged > before else { break }
        }
        logger.notice("events of an earlier epoch applied", metadata: ["epoch": "\(former)", "events": "\(count)"])
    }

    /// Follows the events of one epoch until something is wrong.
    private func listen(_ listener: any BridgeListener, epoch: UInt64, after position: UInt64) async throws {
        var acknowledged = position
        // A command may have found out first that the bridge has restarted, or the watch that it was away.
        while !Task.isCancelled, self.epoch == epoch {
            let request = EventsRequest(epoch: epoch, acknowledged: acknowledged, waitMilliseconds: Int(Self.poll / .milliseconds(1)))
            let answer: EventsAnswer
            do {
                answer = try await ask("/control/events", request, epoch: epoch, timeout: Self.poll + .seconds(3), as: EventsAnswer.self)
            } catch {
                switch error {
                case .wrongEpoch, .notBelieved: forget(epoch)
                case .unreachable, .unbelievable, .expired, .status: break
                }
                throw error
            }
            for signal in answer.signals { await listener.signalled(signal) }
            isUpToDate = false
            for event in answer.events where event.position > acknowledged {
                // The events before one that could not be applied are acknowledged; it and those after it come again. Over a slow database
                // the bridge may meanwhile have begun another epoch.
                guard self.epoch == epoch, await apply(event, listener, epoch: epoch) else { break }
                acknowledged = event.position
            }
            isUpToDate = answer.events.count < EventsAnswer.page && acknowledged >= answer.events.last?.position ?? 0
        }
    }

    /// One exchange, of which the lease takes note.
    private func ask<Answer: Decodable & Sendable>(
        _ path: String, _ request: some Encodable & Sendable, epoch: UInt64, timeout: Duration, as type: Answer.Type
    ) async throws(ControlExchange.Failure) -> Answer {
        lease.asked(now: clock.now)
        do throws(ControlExchange.Failure) {
            let answer = try await exchange.post(path, request, epoch: epoch, timeout: timeout, as: type)
            lease.contact(now: clock.now)
            return answer
        } catch {
            switch error {
            // A refusal that is signed is the bridge's word, too.
            case .wrongEpoch, .expired, .status: lease.contact(now: clock.now)
            case .notBelieved, .unreachable, .unbelievable: break
            }
            throw error
        }
    }

    private func apply(_ event: BridgeEvent, _ listener: any BridgeListener, epoch: UInt64) async -> Bool {
        do {
            try await listener.apply(event, epoch: epoch)
            return true
        } catch {
            complain(error)
            try? await Task.sleep(for: .milliseconds(250))
            return false
        }
    }

    private func watch(_ listener: any BridgeListener) async {
        while (try? await Task.sleep(for: BridgeLease.interval)) != nil {
            guard lease.hasJustDied(now: clock.now) else { continue }
            epoch = nil
            logger.error("bridge is gone", metadata: ["after_seconds": "\(BridgeLease.duration / .seconds(1))"])
            await listener.died()
        }
    }

    private func complain(_ error: any Error) {
        guard !Task.isCancelled else { return }
        let complaint = "\(error)"
        if complaint != lastComplaint { logger.warning("bridge link", metadata: ["error": "\(complaint)"]) }
        lastComplaint = complaint
    }
}

import Domain
import Logging
import ServiceLifecycle

/// What nobody asks for and time brings: queued calls that expire, places whose browsers do not come back, orders that did not arrive.
struct Housekeeping: Service {
    private static let interval = Duration.seconds(2)
    /// Every five minutes.
    private static let roundsPerCleaning = 150
    /// Every ten seconds.
    private static let roundsPerContact = 5

    let calls: any CallBook
    let bridge: any BridgeConnection
    let isBridgeAlive: @Sendable () async -> Bool
    /// Whether everything that the bridge has reported is in the books.
    let isUpToDate: @Sendable () async -> Bool
    let dialling: DialDesk
    let orders: StandingOrders
    let hub: RoomHub
    let setups: SetupDesk
    /// Reserves the time of calls that are up.
    let slices: SliceDesk
    /// Drops what nobody can ask for again: kept answers, heaps of refusals.
    let forget: @Sendable () async throws -> Void
    let clock: ServerClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await sendQueued()
            var rounds = 0
            var silence = BridgeSilence()
            var elsewhere = CallsElsewhere()
            while (try? await Task.sleep(for: Self.interval)) != nil {
                await expireCalls()
                await slices.round()
                await setups.spread()
                if rounds.isMultiple(of: Self.roundsPerCleaning) { await clean() }
                if rounds.isMultiple(of: Self.roundsPerContact) { await endAbandoned(&silence) }
                rounds += 1
                await tellOfCallsElsewhere(&elsewhere)
                await leaveOverdue()
                await repeatOrders()
            }
        }
    }

    /// What a process before this one had promised and may not have sent. Once, at the start: later calls have their own sender.
    private func sendQueued() async {
        do {
            let queued = try await calls.queuedCalls(now: clock.wallMilliseconds)
            await withDiscardingTaskGroup { group in
                for (call, command) in queued { group.addTask { _ = await dialling.send(command, for: call) } }
            }
        } catch {
            logger.warning("queued calls not read", metadata: ["error": "\(error)"])
        }
    }

    private func expireCalls() async {
        do {
            for call in try await calls.expireQueued(isUpToDate: await isUpToDate(), now: clock.wallMilliseconds) {
                await hub.tell(.call(call, at: clock.wallMilliseconds), in: call.room)
            }
        } catch {
            logger.debug("queued calls not expired", metadata: ["error": "\(error)"])
        }
    }

    /// Calls whose bridge and web side are both gone would count as up for ever.
    private func endAbandoned(_ silence: inout BridgeSilence) async {
        do {
            let contacts = try await calls.contacts(isAlive: await isBridgeAlive(), now: clock.wallMilliseconds)
            for (bridge, contact) in silence.look(at: contacts, now: clock.now) {
                logger.error("bridge of another process is gone, its calls are ended", metadata: ["bridge": "\(bridge)"])
                for call in try await calls.abandon(bridge, silentSince: contact, now: clock.wallMilliseconds) {
                    await hub.tell(.call(call, at: clock.wallMilliseconds), in: call.room)
                }
            }
        } catch {
            silence.forget()
            logger.debug("other bridges not looked for", metadata: ["error": "\(error)"])
        }
    }

    private func tellOfCallsElsewhere(_ elsewhere: inout CallsElsewhere) async {
        do {
            let rooms = await hub.occupied
            guard !rooms.isEmpty || !elsewhere.following.isEmpty else { return }
            for call in elsewhere.news(of: try await calls.callsElsewhere(in: rooms, following: elsewhere.following)) {
                await hub.tell(.call(call, at: clock.wallMilliseconds), in: call.room)
            }
        } catch {
            logger.debug("calls elsewhere not looked up", metadata: ["error": "\(error)"])
        }
    }

    private func clean() async {
        do {
            try await forget()
        } catch {
            logger.debug("old rows not forgotten", metadata: ["error": "\(error)"])
        }
    }

    /// Asks again for what the bridge has not confirmed. One that is not answered is enough to know that the others will not be.
    private func repeatOrders() async {
        for order in await orders.all {
            do {
                switch order {
                case .remove, .end: _ = try await orders.give(order, patience: 2_000)
                case .hangup(let call, let party): try await dialling.repeatHangup(call, by: party, patience: 2_000)
                }
            } catch {
                return
            }
        }
    }

    private func leaveOverdue() async {
        for (room, peer) in await hub.overdue(now: clock.now) {
            _ = try? await bridge.send(.leave(room: room, peer: peer), expiry: clock.wallMilliseconds + 2_000)
            try? await calls.recordLeft(room, peer, now: clock.wallMilliseconds)
        }
    }
}

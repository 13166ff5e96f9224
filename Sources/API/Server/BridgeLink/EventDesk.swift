import Domain
import Logging

/// What the bridge says becomes record first and news second: every event goes into the books, then to the sockets of its room.
struct EventDesk: BridgeListener {
    let calls: any CallBook
    let bridge: any BridgeConnection
    let orders: StandingOrders
    let hub: RoomHub
    let clock: ServerClock
    let logger: Logger

    func met(_ hello: HelloAnswer, restarted: Bool) async {
        if restarted {
            await orders.bridgeRestarted()
            await hub.bridgeRestarted()
        }
        await hub.adopt(await orders.spare(hello.rooms), now: clock.now)
    }

    /// The calls of the record get the ends that they had. Who was in the rooms then is no news: they are other rooms now, and whatever
    /// was up then the bridge has hung up by itself.
    func recover(_ event: BridgeEvent, epoch: UInt64) async throws {
        let effect = try await calls.apply(event, epoch: epoch, now: clock.wallMilliseconds)
        if let call = effect.call { await tell([call]) }
    }

    func greeted(_ hello: HelloAnswer) async throws -> UInt64 {
        let books = try await calls.greet(hello, now: clock.wallMilliseconds)
        await tell(books.ended)
        for id in books.hangUp { await orderDown(id) }
        return books.acknowledged
    }

    func apply(_ event: BridgeEvent, epoch: UInt64) async throws {
        let effect = try await calls.apply(event, epoch: epoch, now: clock.wallMilliseconds)
        if let call = effect.call { await tell([call]) }
        if let id = effect.mustHangUp { await orderDown(id) }
        await tell(event.change)
    }

    func signalled(_ signal: BridgeSignal) async {
        switch signal {
        case .sections(let room, let peer, let sections): await hub.tell(.sections(sections), in: room, only: peer)
        case .participant(let room, let participant): await hub.tell(.updated(participant), in: room)
        case .locked(let room, let isLocked): await hub.tell(.locked(isLocked), in: room)
        case .speaking(let room, let participants): await hub.tell(.speaking(participants), in: room)
        }
    }

    func died() async {
        do {
            await tell(try await calls.bridgeLost(now: clock.wallMilliseconds))
        } catch {
            // The next hello ends what the bridge does not have any more.
            logger.error("calls of a lost bridge not ended", metadata: ["error": "\(error)"])
        }
    }

    private func tell(_ change: BridgeEvent.Change) async {
        switch change {
        case .participantJoined(let room, let participant): await hub.tell(.joined(participant), in: room)
        case .participantUpdated(let room, let participant): await hub.tell(.updated(participant), in: room)
        case .participantLeft(let room, let participant):
            if case .peer(let peer) = participant { await hub.left(peer, of: room) }
            await hub.tell(.left(participant), in: room)
        case .roomEnded, .callDialling, .callRinging, .callAttempted, .callAnswered, .callEnded, .trunkUp, .trunkDown: break
        }
    }

    private func tell(_ calls: [CallSnapshot]) async {
        for call in calls { await hub.tell(.call(call, at: clock.wallMilliseconds), in: call.room) }
    }

    private func orderDown(_ id: CallID) async {
        logger.notice("call ordered down, its books are closed", metadata: ["call": "\(id)"])
        _ = try? await bridge.send(.hangup(call: id, by: .system), expiry: clock.wallMilliseconds + 8_000)
    }
}

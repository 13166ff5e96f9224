import Domain
import Logging
import NIOCore
import NIOWebSocket
import Synchronization

/// One browser's socket: it owns the session, runs what the session returns, and knows no rule of its own.
package final class SignalSocket: Sendable {
    typealias Channel = HTTP1WebSocketChannel.WebSocket

    /// How long a browser may take to answer a close, or to read what was sent before it. A shutdown waits for it, too.
    private static let closePatience = TimeAmount.seconds(1)
    /// Between two times that a bridge which is away is asked the same.
    private static let pause = Duration.seconds(1)

    /// The place that the hub knows this socket by, until it is given back.
    private struct Entry {
        var place: Place?
        var isAbandoned = false
    }

    private let session: Mutex<SignalSession>
    private let outbox = Outbox()
    private let entry = Mutex(Entry())
    private let timer = Mutex<Scheduled<Void>?>(nil)
    private let channel: any NIOCore.Channel
    private let desk: SignalDesk
    private let clock: ServerClock
    /// Where the browser is; `nil` if that is no address of the Internet.
    let client: IPAddress?

    init(channel: any NIOCore.Channel, desk: SignalDesk, client: IPAddress?, clock: ServerClock) {
        self.channel = channel
        self.desk = desk
        self.clock = clock
        self.client = client
        session = Mutex(SignalSession(client: client, now: clock.now))
    }

    /// Runs the socket until it is closed, and everything that it began until that has ended.
    func run(_ socket: Channel) async {
        await desk.hub.opened(self)
        arm()
        await withDiscardingTaskGroup { operations in
            do {
                try await socket.executeThenClose { inbound, outbound in
                    await withDiscardingTaskGroup { group in
                        group.addTask { await self.write(to: outbound) }
                        await self.read(inbound) { operation in
                            operations.addTask { await self.perform(operation) }
                        }
                        self.outbox.abandon()
                    }
                }
            } catch {
                // Closing a connection that is closed already: nothing is left to do with it.
            }
            session.withLock { $0.disconnected() }
            timer.withLock { $0.take() }?.cancel()
            await leavePlace()
        }
        // A join that was still on its way has made a place after all.
        await leavePlace()
        await desk.hub.closed(self)
    }

    /// Something happened in this socket's room.
    func tell(_ news: RoomNews) { act { $0.heard(news) } }

    /// Ends the socket for a reason from outside.
    func close(_ reason: SignalClose) { act { $0.close(reason) } }

    // MARK: Reading and writing

    private func read(_ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, start: (SignalSession.Operation) -> Void) async {
        do {
            for try await frame in inbound {
                switch frame.opcode {
                case .text:
                    let text = Array(frame.unmaskedData.readableBytesView)
                    act(start) { [now = clock.now] in $0.received(text, now: now) }
                case .binary:
                    act { [now = clock.now] in $0.received(.binary, now: now) }
                case .ping:
                    act { [now = clock.now] in $0.received(.control, now: now) }
                    put(.pong(Array(frame.unmaskedData.readableBytesView)))
                case .connectionClose:
                    var data = frame.unmaskedData
                    // The answer to our own close, or the browser's: then its code goes back first.
                    if !outbox.end(with: .closeEcho(data.readInteger(as: UInt16.self))) { channel.close(promise: nil) }
                    return await closed()
                default:
                    act { [now = clock.now] in $0.received(.control, now: now) }
                }
            }
        } catch {
            // Anything else is a broken connection: a lost socket, which may come back.
            guard let fault = SignalClose(error) else { return }
            act { $0.close(fault) }
            await closed()
        }
    }

    /// Until the connection is gone; a timer sees to it that it goes.
    private func closed() async {
        channel.eventLoop.scheduleTask(in: Self.closePatience) { [channel] in channel.close(promise: nil) }
        try? await channel.closeFuture.get()
    }

    private func write(to outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async {
        do {
            while let item = await outbox.next() {
                try await outbound.write(item.frame)
                if case .closeEcho = item { channel.close(promise: nil) }
            }
        } catch {
            channel.close(promise: nil)
        }
    }

    private func put(_ item: Outbox.Item) {
        guard !outbox.put(item) else { return }
        act { $0.close(.slowReader) }
    }

    // MARK: Acting

    /// Feeds the session and runs what comes out. Frames are queued under the lock, so that they leave in the order of the inputs.
    private func act(_ start: (SignalSession.Operation) -> Void = { _ in }, _ input: (inout SignalSession) -> [SignalSession.Action]) {
        let rest = session.withLock { session -> [SignalSession.Action] in
            var rest: [SignalSession.Action] = []
            for action in input(&session) {
                guard case .send(let frame) = action else {
                    rest.append(action)
                    continue
                }
                if !outbox.put(.text(frame.encoded())) {
                    rest += session.close(.slowReader)
                    break
                }
            }
            return rest
        }
        for action in rest {
            switch action {
            case .send: break
            case .start(let operation): start(operation)
            case .abandon: entry.withLock { $0.isAbandoned = true }
            case .close(let reason):
                outbox.end(with: .close(reason))
                channel.eventLoop.scheduleTask(in: Self.closePatience) { [channel] in channel.close(promise: nil) }
            }
        }
    }

    private func perform(_ operation: SignalSession.Operation) async {
        switch operation {
        case .join(let frame):
            let result = await desk.join(frame, socket: self)
            act { [clock] in $0.joinFinished(result, now: clock.now, wallMilliseconds: clock.wallMilliseconds) }
        case .offer(let place, let sdp):
            let result = await desk.offer(place, sdp: sdp)
            act { $0.offerFinished(result) }
        case .dial(let request):
            let fault = await desk.dialling.dial(request) { result in act { $0.dialAnswered(request.key, result) } }
            act { $0.dialFinished(request.key, fault: fault) }
        case .hangup(let place, let call, let isHost):
            let fault = await desk.dialling.hangup(call, from: place, isHost: isHost)
            act { $0.hangupFinished(fault: fault) }
        case .moderate, .dtmf, .chat, .update, .view:
            // One after the other: what follows comes out of the end of the one before it.
            var next: SignalSession.Operation? = operation
            while let current = next.take() {
                let fault = await carryOut(current)
                guard await mayGoOn(current, after: fault) else { return }
                act {
                    next = $0
                } _: {
                    switch current {
                    case .update: $0.updateFinished(fault: fault)
                    case .view: $0.viewFinished(fault: fault)
                    case .moderate, .dtmf, .chat, .join, .offer, .dial, .hangup: $0.orderedFinished(fault: fault)
                    }
                }
            }
        }
    }

    private func carryOut(_ operation: SignalSession.Operation) async -> SignalFault? {
        switch operation {
        case .moderate(let place, let order): await desk.moderate(place, order)
        case .dtmf(let place, let call, let digits, let isHost): await desk.dialling.key(digits, into: call, from: place, isHost: isHost)
        case .chat(let place, let name, let text): await desk.chat(place, name, text)
        case .update(let place, let switches): await desk.update(place, switches)
        case .view(let place, let view): await desk.view(place, view)
        case .join, .offer, .dial, .hangup: nil
        }
    }

    /// Gives a bridge that is away a moment before it is asked the same again; the newest of that moment is what it is asked then.
    private func mayGoOn(_ operation: SignalSession.Operation, after fault: SignalFault?) async -> Bool {
        switch operation {
        case .update, .view:
            guard fault?.passes == true else { return true }
            return (try? await Task.sleep(for: Self.pause)) != nil
        case .moderate, .dtmf, .chat, .join, .offer, .dial, .hangup: return true
        }
    }

    // MARK: Place

    /// The hub knows this socket by `place` from now on.
    func enter(_ place: Place) { entry.withLock { $0.place = place } }

    /// The join came to nothing.
    func forget() { entry.withLock { $0.place = nil } }

    private func leavePlace() async {
        let (place, isAbandoned) = entry.withLock { ($0.place.take(), $0.isAbandoned) }
        guard let place else { return }
        await desk.leave(place, socket: self, isAbandoned: isAbandoned)
    }

    // MARK: Time

    private func arm() {
        guard let deadline = session.withLock({ $0.deadline }) else { return }
        let wait = max(.zero, deadline - clock.now)
        let scheduled = channel.eventLoop.scheduleTask(in: TimeAmount(wait)) { [weak self] in
            guard let self else { return }
            act { [now = self.clock.now] in $0.tick(now: now) }
            arm()
        }
        timer.withLock { $0 = scheduled }
    }
}

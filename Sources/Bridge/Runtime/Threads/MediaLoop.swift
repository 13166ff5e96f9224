import Domain
import ICE
import Linux
import Logging
import Media

/// What runs on a media thread: sockets, timer and mailbox in; rooms in the middle; datagrams and news out.
///
/// A thin shell: every rule is in `LiveRoom` and `RoomEngine`. All of it belongs to this thread, so nothing in a room needs a lock.
final class MediaLoop {
    private enum Token: UInt64 { case ipv4, ipv6, mailbox, timer }

    private let sockets: MediaSockets
    private let mailbox: MediaMailbox
    private let log: EventLog
    private let epoll: Epoll
    private let timer: TimerFD
    private let batch: DatagramBatch
    private var outgoing: [OutgoingDatagram] = []
    private let speech: SpeechRequest
    private let callEnded: @Sendable (CallID) -> Void
    private let logger: Logger
    private var rooms: RoomTable
    private var output = RoomOutput()
    private var stopped = false

    /// Full batches that are read from one socket before the others get their turn.
    private static let batchesPerTurn = 4

    init(
        _ settings: MediaThreadSettings, sockets: MediaSockets, mailbox: MediaMailbox, log: EventLog, toolbox: any MediaToolbox,
        speech: @escaping SpeechRequest, callEnded: @escaping @Sendable (CallID) -> Void, logger: Logger
    ) throws(LinuxError) {
        self.sockets = sockets
        self.mailbox = mailbox
        self.log = log
        self.speech = speech
        self.callEnded = callEnded
        self.logger = logger
        epoll = try Epoll()
        timer = try TimerFD()
        batch = try DatagramBatch()
        rooms = RoomTable(toolbox: toolbox, candidates: sockets.candidates, seed: settings.seed)
        try epoll.add(sockets.ipv4, token: Token.ipv4.rawValue)
        if let ipv6 = sockets.ipv6 { try epoll.add(ipv6, token: Token.ipv6.rawValue) }
        try epoll.add(mailbox.wake, token: Token.mailbox.rawValue)
        try epoll.add(timer, token: Token.timer.rawValue)
    }

    func run() throws(LinuxError) {
        var armed: Duration?
        while !stopped {
            let due = rooms.nextDue
            if due != armed {
                try timer.arm(at: due)
                armed = due
            }
            try epoll.wait(milliseconds: nil) { token in
                switch Token(rawValue: token) {
                case .ipv4: receive(sockets.ipv4)
                case .ipv6: if let ipv6 = sockets.ipv6 { receive(ipv6) }
                case .mailbox: readMail()
                case .timer:
                    timer.acknowledge()
                    armed = nil
                case nil: break
                }
                // After every source, so that a flood of datagrams cannot make a room's frame late.
                rooms.serve(now: MonotonicClock.now(), wallClock: MonotonicClock.wallClockNanoseconds(), into: &output)
                carryOut()
            }
        }
    }

    private func receive(_ socket: UDPSocket) {
        for _ in 0..<Self.batchesPerTurn {
            let now = MonotonicClock.now()
            let wallClock = MonotonicClock.wallClockNanoseconds()
            let count = batch.receive(from: socket) { datagram, remote, local in
                let path = TransportPath(local: TransportAddress(local), remote: TransportAddress(remote))
                rooms.receive(&datagram, on: path, now: now, wallClock: wallClock, into: &output)
            }
            carryOut()
            if count < batch.capacity { return }
        }
    }

    private func readMail() {
        for message in mailbox.takeAll() {
            let now = MonotonicClock.now()
            switch message {
            case .command(let command, let reply):
                let answer = log.hasRoom || !command.bringsNewWork ? rooms.perform(command, now: now, into: &output) : .refused(.atCapacity)
                // Events first: who reads the answer may already ask for them.
                carryOut()
                reply(answer)
            case .speech(let call, let room, let speech): rooms.speechReady(call, room: room, speech, now: now, into: &output)
            case .snapshot(let reply): reply(rooms.snapshot)
            case .stop(let done):
                rooms.shutDown(now: now, into: &output)
                carryOut()
                stopped = true
                refuse(mailbox.close())
                done()
            }
            carryOut()
        }
    }

    /// Answers what came too late: nobody may wait for a thread that is gone.
    private func refuse(_ messages: [MediaMessage]) {
        for message in messages {
            switch message {
            case .command(_, let reply): reply(.refused(.shuttingDown))
            case .snapshot(let reply): reply(ThreadSnapshot(rooms: [], liveCalls: []))
            case .stop(let done): done()
            case .speech: break
            }
        }
    }

    /// Carries out what the rooms returned, and empties it.
    private func carryOut() {
        if !output.packets.isEmpty { flush() }
        guard output.hasNews else { return }
        log.append(output.changes, signals: output.signals, at: MonotonicClock.wallClockNanoseconds() / 1_000_000)
        for (call, room, announcement) in output.speech { speech(call, room, announcement) }
        for call in output.endedCalls { callEnded(call) }
        for failure in output.failures { logger.notice("browser connection failed", metadata: ["reason": "\(failure)"]) }
        output.removeNews()
    }

    private func flush() {
        send(isIPv4: true, from: sockets.ipv4)
        if let ipv6 = sockets.ipv6 { send(isIPv4: false, from: ipv6) }
        output.packets.removeAll()
    }

    private func send(isIPv4: Bool, from socket: UDPSocket) {
        outgoing.removeAll(keepingCapacity: true)
        for entry in output.packets.entries where entry.path.remote.isIPv4 == isIPv4 {
            outgoing.append(OutgoingDatagram(entry.range, to: entry.path.remote.socketAddress, from: entry.path.local.socketAddress))
        }
        if !outgoing.isEmpty { socket.send(output.packets.bytes, outgoing, with: batch) }
    }
}

extension BridgeCommand {
    /// Whether it would make events that were not to come anyway. What ends things is done also when the log is full.
    fileprivate var bringsNewWork: Bool {
        switch self {
        case .join, .dial: true
        case .leave, .socketLost, .offer, .update, .hangup, .configure: false
        }
    }
}

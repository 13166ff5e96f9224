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
    private let phones: PhoneLine
    /// The open port pairs of this thread's phones, by their RTP port.
    private var ports: [UInt16: PhonePort] = [:]
    private let logger: Logger
    private var rooms: RoomTable
    private var output = RoomOutput()
    private var stopped = false
    /// Whether the browsers' sockets are in `epoll`.
    private var watchesBrowsers = false
    /// Whether a turn has left something in a socket. A flood would fill it until the next frame, so it is watched then.
    private var backlog = (ipv4: false, ipv6: false)
    /// Datagrams of browsers that were read since the last look at this.
    private var received = 0
    private var pace = ReadingPace()

    /// Full batches that are read from one socket before the others get their turn.
    private static let batchesPerTurn = 4

    init(
        _ settings: MediaThreadSettings, sockets: MediaSockets, mailbox: MediaMailbox, log: EventLog, toolbox: any MediaToolbox,
        speech: @escaping SpeechRequest, callEnded: @escaping @Sendable (CallID) -> Void, phones: PhoneLine, logger: Logger
    ) throws(LinuxError) {
        self.phones = phones
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
        try epoll.add(mailbox.wake, token: Token.mailbox.rawValue)
        try epoll.add(timer, token: Token.timer.rawValue)
    }

    func run() throws(LinuxError) {
        var armed: Duration?
        while !stopped {
            try watchBrowsers(rooms.hurries && pace.restsUntil == nil || backlog.ipv4 || backlog.ipv6)
            let due = nextWake
            if due != armed {
                try timer.arm(at: due)
                armed = due
            }
            try epoll.wait(milliseconds: nil) { token in
                switch Token(rawValue: token) {
                case .ipv4, .ipv6:
                    // Both, since neither is looked at again before the rest is over.
                    receiveBrowsers()
                case .mailbox: readMail()
                case .timer:
                    timer.acknowledge()
                    armed = nil
                    if !watchesBrowsers { receiveBrowsers() }
                case nil: receivePhone(token)
                }
                // After every source, so that a flood of datagrams cannot make a room's frame late.
                rooms.serve(now: MonotonicClock.now(), wallClock: MonotonicClock.wallClockNanoseconds(), into: &output)
                carryOut()
            }
        }
    }

    /// When the thread must wake by itself; `nil`: not before something comes.
    private var nextWake: Duration? {
        // What need not be read at once is read when a frame is due, and no wake is for it alone.
        let rest = rooms.hurries ? pace.restsUntil : nil
        guard let due = rooms.nextDue, let rest else { return rooms.nextDue ?? rest }
        return min(due, rest)
    }

    /// Whether a browser's datagram wakes this thread, or waits for the next frame: see `RoomTable.hurries`.
    private func watchBrowsers(_ isWatching: Bool) throws(LinuxError) {
        guard isWatching != watchesBrowsers else { return }
        watchesBrowsers = isWatching
        if isWatching {
            try epoll.add(sockets.ipv4, token: Token.ipv4.rawValue)
            if let ipv6 = sockets.ipv6 { try epoll.add(ipv6, token: Token.ipv6.rawValue) }
        } else {
            try epoll.remove(sockets.ipv4)
            if let ipv6 = sockets.ipv6 { try epoll.remove(ipv6) }
        }
    }

    private func receiveBrowsers() {
        let began = MonotonicClock.now()
        received = 0
        backlog.ipv4 = receive(sockets.ipv4)
        if let ipv6 = sockets.ipv6 { backlog.ipv6 = receive(ipv6) }
        pace.looked(found: received, began: began)
    }

    /// - Returns: whether there is more than one turn may take.
    private func receive(_ socket: UDPSocket) -> Bool {
        for _ in 0..<Self.batchesPerTurn {
            let now = MonotonicClock.now()
            let wallClock = MonotonicClock.wallClockNanoseconds()
            let count = batch.receive(from: socket) { datagram, remote, local, age in
                let path = TransportPath(local: TransportAddress(local), remote: TransportAddress(remote))
                rooms.receive(&datagram, on: path, now: now - age, wallClock: wallClock - age.nanoseconds, into: &output)
            }
            carryOut()
            received += count
            if count < batch.capacity { return false }
        }
        return true
    }

    private func receivePhone(_ token: UInt64) {
        guard let (port, isControl) = PhonePort.meaning(of: token), let phone = ports[port] else { return }
        let now = MonotonicClock.now()
        let wallClock = MonotonicClock.wallClockNanoseconds()
        // One batch a turn: a flood on one phone's port must not make the others wait.
        _ = batch.receive(from: isControl ? phone.sockets.control : phone.sockets.media) { datagram, remote, _, age in
            rooms.receive(
                datagram, of: phone.call, leg: phone.leg, from: TransportAddress(remote), isControl: isControl, now: now - age,
                wallClock: wallClock - age.nanoseconds, into: &output)
        }
        carryOut()
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
            case .phone(let call, _, let news): rooms.phoneNews(call, news, now: now, into: &output)
            case .snapshot(let reply):
                // Asked at a hello: an answer may have been lost before it, and its signals with it.
                rooms.tellSections(into: &output)
                carryOut()
                reply(rooms.snapshot)
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
            case .speech, .phone: break
            }
        }
    }

    /// Carries out what the rooms returned, and empties it.
    private func carryOut() {
        if !output.packets.isEmpty { flush() }
        guard output.hasNews else { return }
        log.append(output.changes, signals: output.signals, at: MonotonicClock.wallClockNanoseconds() / 1_000_000)
        for (call, room, announcement) in output.speech { speech(call, room, announcement) }
        let requests = output.phones
        for call in output.endedCalls { callEnded(call) }
        for failure in output.failures { logger.notice("media failed", metadata: ["reason": "\(failure)"]) }
        output.removeNews()
        for request in requests { carryOut(request) }
        // A port that could not be opened has ended its call.
        if output.hasNews { carryOut() }
    }

    // MARK: Phones

    private func carryOut(_ request: PhoneRequest) {
        switch request {
        case .open(let command, let leg):
            guard let sockets = openPort(for: command.call, leg) else {
                return rooms.phoneFailed(command.call, now: MonotonicClock.now(), into: &output)
            }
            phones.order(
                .place(
                    PhoneCall(
                        call: command.call, room: command.room, route: command.target, rtpPort: sockets.port,
                        ringLimit: .seconds(command.ringSeconds))))
        case .attended(let call, let isAttended): phones.order(.attended(call, isAttended))
        case .close(let call, let leg):
            phones.order(.hangUp(call))
            for phone in ports.values.filter({ $0.call == call && $0.leg == leg }) { closePort(phone.sockets) }
        }
    }

    private func openPort(for call: CallID, _ leg: LegID) -> PhoneSockets? {
        guard let sockets = phones.ports.open() else { return nil }
        do throws(LinuxError) {
            try epoll.add(sockets.media, token: PhonePort.token(sockets.port, isControl: false))
            try epoll.add(sockets.control, token: PhonePort.token(sockets.port, isControl: true))
        } catch {
            logger.error("RTP port not watched", metadata: ["error": "\(error)"])
            phones.ports.give(back: sockets.port)
            return nil
        }
        ports[sockets.port] = PhonePort(sockets: sockets, call: call, leg: leg)
        return sockets
    }

    private func closePort(_ sockets: PhoneSockets) {
        ports[sockets.port] = nil
        try? epoll.remove(sockets.media)
        try? epoll.remove(sockets.control)
        phones.ports.give(back: sockets.port)
    }

    private func flush() {
        send(isIPv4: true, from: sockets.ipv4)
        if let ipv6 = sockets.ipv6 { send(isIPv4: false, from: ipv6) }
        if !ports.isEmpty { sendToPhones() }
        output.packets.removeAll()
    }

    /// What belongs to a phone's port leaves from it; the kernel chooses the address, by the same rule as for the one in the SDP.
    private func sendToPhones() {
        for entry in output.packets.entries {
            let port = entry.path.local.port
            guard let phone = ports[port & ~1] else { continue }
            let socket = port & 1 == 0 ? phone.sockets.media : phone.sockets.control
            _ = socket.send(output.packets.bytes, entry.range, to: entry.path.remote.socketAddress)
        }
    }

    private func send(isIPv4: Bool, from socket: UDPSocket) {
        outgoing.removeAll(keepingCapacity: true)
        for entry in output.packets.entries where entry.path.remote.isIPv4 == isIPv4 && ports[entry.path.local.port & ~1] == nil {
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
        case .leave, .socketLost, .offer, .update, .view, .hangup, .dtmf, .moderate, .configure, .trunkReport, .testTrunk, .query: false
        }
    }
}

import Domain
import Linux
import Logging
import SIP

/// What runs on the SIP thread: socket, timer and mailbox in; the desk in the middle; datagrams, journal and news out. A thin shell.
final class PhoneLoop {
    private enum Token: UInt64 { case socket, mailbox, timer }

    /// How long a stop waits for the answers to the last BYEs.
    private static let farewell = Duration.milliseconds(1_000)
    /// How long the calls of a former life wait for the trunks' passwords, before they are hung up without.
    private static let orphanPatience = Duration.seconds(2)
    /// Names are looked up again this often; a trunk may move.
    private static let nameAge = Duration.seconds(60)
    /// Who may wait for one trunk at a time; more are told what was last known.
    private static let testerLimit = 100

    private let settings: PhoneSettings
    private let mailbox: PhoneMailbox
    private let trunkNews: TrunkNewsDelivery
    private let deliver: PhoneNewsDelivery
    private let logger: Logger
    private let epoll: Epoll
    private let timer: TimerFD
    private let batch: DatagramBatch
    private let socket: SIPSocket
    private let desk: PhoneDesk
    private let journal: DialogJournal
    /// Where each extension can be reached, for the next start.
    private let registrations: KeyedJournal<[BindingRecord]>
    private var orphans: [DialogJournal.Orphan]
    /// Sessions that end calls of a former life, and their keys in the journal.
    private var ending: [UInt64: String] = [:]
    private var namesDue: Duration = .zero
    /// Who waits until a trunk was asked. Bounded by the commands that one bridge is sent within a few seconds.
    private var testers: [TrunkID: [@Sendable (TrunkReport?) -> Void]] = [:]
    private var stopping: (by: Duration, done: @Sendable () -> Void)?

    init(
        _ settings: PhoneSettings, socket: SIPSocket, journal: DialogJournal, registrations: KeyedJournal<[BindingRecord]>, mailbox: PhoneMailbox,
        logger: Logger, trunkNews: @escaping TrunkNewsDelivery, deliver: @escaping PhoneNewsDelivery
    ) throws(LinuxError) {
        self.settings = settings
        self.socket = socket
        self.mailbox = mailbox
        self.trunkNews = trunkNews
        self.deliver = deliver
        self.logger = logger
        orphans = journal.orphans
        self.journal = journal
        self.registrations = registrations
        epoll = try Epoll()
        timer = try TimerFD()
        batch = try DatagramBatch(capacity: 16, datagramSize: 65_536)
        var random = SystemRandomNumberGenerator()
        let key = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let endpoint = SIPEndpoint(
            SIPEndpointConfiguration(product: settings.product), registrar: Registrar(realm: Self.realm, key: key), key: key)
        let (port, publicAddress) = (settings.sipPort, settings.publicAddress)
        desk = PhoneDesk(endpoint: endpoint, random: random) { Self.local(towards: $0, port: port, publicAddress: publicAddress) }
        for (number, records) in registrations.values {
            // A request leaves from where its telephone is used to; another port of ours it does not know.
            let reachable = records.filter { SIPAddress($0.local)?.port == port }
            desk.restore(reachable, of: number, now: MonotonicClock.now(), wall: MonotonicClock.wallClockNanoseconds() / 1_000_000)
        }
        if let udp = socket.udp { try epoll.add(udp, token: Token.socket.rawValue) }
        try epoll.add(mailbox.wake, token: Token.mailbox.rawValue)
        try epoll.add(timer, token: Token.timer.rawValue)
    }

    /// What extensions are challenged with; their hashes are made for it.
    static let realm = "ringlink"

    /// The address that a peer reaches us at: the public one for peers out there, else the one that the way to it begins at.
    private static func local(towards peer: SIPAddress, port: UInt16, publicAddress: SocketAddress?) -> SIPAddress? {
        // The sockets are of IPv4.
        guard peer.ip.isIPv4, let source = UDPSocket.source(towards: peer.socketAddress) else { return nil }
        if let publicAddress, publicAddress.isIPv4, !peer.ip.isLocal { return SIPAddress(SIPAddress(publicAddress).ip, port: port) }
        return SIPAddress(SIPAddress(source).ip, port: port)
    }

    func run() throws(LinuxError) {
        var armed: Duration?
        carryOut()
        while stopping.map({ $0.by > MonotonicClock.now() && desk.sessionCount > 0 }) ?? true {
            let due = nextDue
            if due != armed {
                try timer.arm(at: due)
                armed = due
            }
            try epoll.wait(milliseconds: nil) { token in
                switch Token(rawValue: token) {
                case .socket: receive()
                case .mailbox: readMail()
                case .timer:
                    timer.acknowledge()
                    armed = nil
                case nil: break
                }
            }
            serveTime()
            carryOut()
        }
        for reply in testers.values.joined() { reply(nil) }
        stopping?.done()
        // Whoever asks from now on finds nobody.
        for message in mailbox.takeAll() {
            switch message {
            case .report(_, _, let reply): reply(nil)
            case .contacts(_, let reply): reply([:])
            case .count(let answer): answer(desk.counters)
            default: break
            }
        }
    }

    private var nextDue: Duration? {
        [desk.nextDeadline, orphans.isEmpty ? nil : Self.orphanPatience, namesDue == .zero ? nil : namesDue, stopping?.by].compactMap { $0 }.min()
    }

    private var wall: Int64 { MonotonicClock.wallClockNanoseconds() / 1_000_000 }

    private func serveTime() {
        let now = MonotonicClock.now()
        if let deadline = desk.nextDeadline, deadline <= now { desk.handleDeadline(now: now, wall: wall) }
        if namesDue != .zero, namesDue <= now {
            desk.refreshNames()
            namesDue = now + Self.nameAge
        }
        if !orphans.isEmpty, desk.setupIsKnown || now >= Self.orphanPatience { endOrphans(now: now) }
    }

    /// Hangs up what a former life left: within moments of the start, so that nobody talks into nothing.
    private func endOrphans(now: Duration) {
        logger.notice("ending calls of the former process", metadata: ["calls": "\(orphans.count)"])
        openSocket(true)
        for orphan in orphans {
            if let session = desk.hangUp(orphan: orphan.dialog, trunk: orphan.trunk, now: now, wall: wall) {
                ending[session.value] = orphan.key
            } else {
                journal.release(orphan.key)
            }
        }
        orphans = []
    }

    // MARK: In

    private func receive() {
        guard let udp = socket.udp else { return }
        while let error = udp.takeError() {
            desk.failTransport(to: SIPAddress(error.destination), now: MonotonicClock.now(), wall: wall)
        }
        let (now, wall) = (MonotonicClock.now(), wall)
        _ = batch.receive(from: udp) { datagram, remote, local, _ in
            desk.receive(datagram.span, from: SIPAddress(remote), to: SIPAddress(local), now: now, wall: wall)
        }
    }

    private func readMail() {
        for message in mailbox.takeAll() {
            let now = MonotonicClock.now()
            switch message {
            case .order(let order): desk.perform(order, now: now, wall: wall)
            case .configure(let setup):
                desk.configure(setup, now: now, wall: wall)
                openSocket(desk.needsNetwork)
                if namesDue == .zero { namesDue = now + Self.nameAge }
            case .contacts(let extensions, let reply): reply(desk.contacts(of: extensions, now: now))
            case .resolved(let trunk, let host, let addresses):
                if addresses.isEmpty { logger.warning("trunk has no address", metadata: ["trunk": "\(trunk)"]) }
                desk.resolved(trunk, host: host, to: addresses, now: now, wall: wall)
            case .report(let trunk, let isTest, let reply):
                if isTest, testers[trunk, default: []].count < Self.testerLimit, desk.test(trunk, now: now, wall: wall) {
                    testers[trunk, default: []].append(reply)
                } else {
                    reply(desk.report(of: trunk, now: now))
                }
            case .count(let answer): answer(desk.counters)
            case .stop(let done): stopping = (now + Self.farewell, done)
            }
            carryOut()
        }
    }

    /// Binds the port anew when who may reach it changes, and tells the operator if that fails: somebody else has it then.
    private func openSocket(_ isOpen: Bool) {
        guard socket.udp == nil || (socket.isOpen != isOpen && (isOpen || desk.sessionCount == 0)) else { return }
        do throws(LinuxError) {
            if let udp = socket.udp { try epoll.remove(udp) }
            try socket.rebind(isOpen: isOpen)
            if let udp = socket.udp { try epoll.add(udp, token: Token.socket.rawValue) }
        } catch {
            logger.error("SIP port lost", metadata: ["port": "\(settings.sipPort)", "error": "\(error)"])
        }
    }

    // MARK: Out

    /// The journal first, then the datagrams, then the news: see `PhoneDesk.Output`.
    private func carryOut() {
        let output = desk.takeOutput()
        for entry in output.journal { write(entry) }
        for transmit in output.transmits { socket.send(transmit) }
        for (call, room, news) in output.news { deliver(call, room, news) }
        for trunk in output.lookups { lookUp(trunk) }
        for (trunk, change, at) in output.trunkNews { tell(trunk, change, at) }
        for trunk in output.checked {
            for reply in testers.removeValue(forKey: trunk) ?? [] { reply(desk.report(of: trunk, now: MonotonicClock.now())) }
        }
    }

    private func tell(_ trunk: TrunkID, _ change: BridgeEvent.Change, _ at: Int64) {
        switch change {
        case .trunkDown(let check):
            logger.warning("trunk is down", metadata: ["trunk": "\(trunk)", "reason": "\(check.obstacle?.rawValue ?? "")"])
        default: logger.notice("trunk is up", metadata: ["trunk": "\(trunk)"])
        }
        trunkNews(trunk, change, at)
    }

    private func write(_ entry: PhoneDesk.JournalEntry) {
        switch entry {
        case .dialog(let session, let trunk, let dialog):
            guard !journal.note("\(settings.epoch)-\(session)", trunk: trunk, dialog) else { return }
            logger.critical("dialog not written down: a crash now would leave its phone off the hook")
        case .registered(let number, let records):
            guard !registrations.keep(records.isEmpty ? nil : records, under: number) else { return }
            logger.error("registration not written down: after a restart the extension cannot be called before it registers again")
        case .released(let session): journal.release(ending.removeValue(forKey: session) ?? "\(settings.epoch)-\(session)")
        }
    }

    private func lookUp(_ trunk: TrunkID) {
        guard let (host, port) = desk.name(of: trunk) else { return }
        let mailbox = mailbox
        // A thread of its own: a resolver may take many seconds.
        let thread = try? NativeThread(named: "lookup") {
            mailbox.post(.resolved(trunk, host: host, NameLookup.addresses(of: host, port: port)))
        }
        if thread == nil { mailbox.post(.resolved(trunk, host: host, [])) }
    }
}

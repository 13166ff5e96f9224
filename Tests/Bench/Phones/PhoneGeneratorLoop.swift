import Linux
import SIP

/// What runs on the phones' thread: sockets, timer and mailbox.
final class PhoneGeneratorLoop {
    private static let mailboxToken: UInt64 = 0
    private static let socketToken: UInt64 = 1
    private static let firstPhone: UInt64 = 2
    private static let timerToken = UInt64.max

    private let socket: UDPSocket
    private let mailbox: Mailbox<PhoneGenerator.Message>
    private let epoll: Epoll
    private let timer: TimerFD
    private let batch: DatagramBatch
    private let contact: SIPURI
    private var random = SystemRandomNumberGenerator()
    private var phones: [UInt64: AnsweringPhone] = [:]
    private var tokens: [String: UInt64] = [:]
    /// By Call-ID.
    private var calls: [String: UInt64] = [:]
    private var nextToken = firstPhone
    private var isStopped = false

    init(_ socket: UDPSocket, _ mailbox: Mailbox<PhoneGenerator.Message>) throws {
        self.socket = socket
        self.mailbox = mailbox
        guard let address = SIPAddress("\(socket.localAddress)") else { throw BenchError("\(socket.localAddress) is no address of SIP") }
        contact = SIPURI(user: "phone", address)
        epoll = try Epoll()
        timer = try TimerFD()
        batch = try DatagramBatch(capacity: 16, datagramSize: 8_192)
        try epoll.add(mailbox.wake, token: Self.mailboxToken)
        try epoll.add(socket, token: Self.socketToken)
        try epoll.add(timer, token: Self.timerToken)
    }

    func run() throws(LinuxError) {
        while !isStopped {
            try timer.arm(at: serveTime())
            try epoll.wait(milliseconds: nil) { token in
                switch token {
                case Self.mailboxToken: for message in mailbox.takeAll() { carryOut(message) }
                case Self.timerToken: timer.acknowledge()
                case Self.socketToken: receiveSignalling()
                default: if let media = phones[token]?.media { receive(media) }
                }
            }
        }
    }

    /// - Returns: when there is something to do again.
    private func serveTime() -> Duration? {
        let now = MonotonicClock.now()
        var due: Duration?
        for token in phones.keys {
            guard let deadline = phones[token]?.deadline else { continue }
            if deadline <= now {
                if phones[token]?.plan.mode == .counting, let media = phones[token]?.media { receive(media) }
                phones[token]?.handleDeadline(now: now, send: send)
            }
            if let next = phones[token]?.deadline { due = min(due ?? next, next) }
        }
        return due
    }

    private func receive(_ media: PhoneMedia) {
        var count = batch.capacity
        while count == batch.capacity {
            count = batch.receive(from: media.socket) { datagram, _, _, _ in media.receive(datagram, now: MonotonicClock.now()) }
        }
    }

    // MARK: Signalling

    private func receiveSignalling() {
        _ = batch.receive(from: socket) { datagram, remote, _, _ in
            let now = MonotonicClock.now()
            guard let message = try? SIPMessage(parsing: datagram.span), let remote = SIPAddress("\(remote)") else { return }
            switch message {
            case .request(let request) where request.method == .invite: ring(request, from: remote, now: now)
            case .request(let request):
                if let token = calls[request.callID] { phones[token]?.receive(request) }
                if request.method != .ack { send(.response(SIPResponse(200, to: request, toTag: nil)), to: remote) }
            case .response(let response): if let token = calls[response.callID] { phones[token]?.receive(response) }
            }
        }
    }

    private func ring(_ invite: SIPRequest, from remote: SIPAddress, now: Duration) {
        let dialog = PhoneDialog(invite, from: remote, contact: contact, random: &random)
        guard let token = invite.uri.user.flatMap({ tokens[$0] }) else { return send(.response(dialog.response(404)), to: remote) }
        do {
            guard let ringing = try phones[token]?.ring(dialog, now: now) else { return }
            calls[invite.callID] = token
            send(.response(ringing), to: remote)
            if phones[token]?.plan.mode == .recording, let media = phones[token]?.media { try epoll.add(media.socket, token: token) }
        } catch {
            send(.response(dialog.response(488)), to: remote)
        }
    }

    private func send(_ message: SIPMessage, to remote: SIPAddress) {
        guard let address = SocketAddress(remote.ip.text, port: remote.port) else { return }
        var bytes: [UInt8] = []
        message.serialise(into: &bytes)
        _ = socket.send(bytes, 0..<bytes.count, to: address)
    }

    // MARK: Mailbox

    private func carryOut(_ message: PhoneGenerator.Message) {
        switch message {
        case .expect(let plan):
            tokens[plan.number] = nextToken
            phones[nextToken] = AnsweringPhone(plan)
            nextToken += 1
        case .read(let number, let reply): reply(tokens[number].flatMap { phones[$0]?.record })
        case .hangUp(let number, let reply): reply(tokens[number].flatMap { phones[$0]?.hangUp(random: &random, send: send) })
        case .forget(let number):
            guard let token = tokens.removeValue(forKey: number), let phone = phones.removeValue(forKey: token) else { return }
            if let call = phone.dialog?.invite.callID { calls[call] = nil }
            if phone.plan.mode == .recording, let media = phone.media { try? epoll.remove(media.socket) }
        case .stop: isStopped = true
        }
    }
}

import Linux

/// One thread that runs all phones: a user agent server behind one port, and a pair of ports for the sound of each call.
final class PhoneGenerator: Sendable {
    enum Message: Sendable {
        case expect(PhonePlan)
        case read(number: String, reply: @Sendable (PhoneRecord?) -> Void)
        case hangUp(number: String, reply: @Sendable (Duration?) -> Void)
        case forget(number: String)
        case stop
    }

    /// Where it takes calls.
    let address: SocketAddress
    private let mailbox: Mailbox<Message>
    private let thread: NativeThread

    init() throws {
        let mailbox = try Mailbox<Message>()
        let socket = try UDPSocket(bind: SocketAddress(ipv4: 0x7F00_0001, port: 0))
        address = socket.localAddress
        self.mailbox = mailbox
        thread = try NativeThread(named: "phones") {
            do {
                try PhoneGeneratorLoop(socket, mailbox).run()
            } catch {
                print("The phones' thread ended: \(error)")
            }
        }
    }

    /// From now on somebody is at home at this number.
    func expect(_ plan: PhonePlan) { mailbox.post(.expect(plan)) }

    func record(of number: String) async throws -> PhoneRecord {
        let record = await withCheckedContinuation { continuation in
            mailbox.post(.read(number: number) { continuation.resume(returning: $0) })
        }
        guard let record else { throw BenchError("there is no such phone") }
        return record
    }

    /// Hangs up.
    /// - Returns: when the BYE was handed to the socket.
    func hangUp(_ number: String) async throws -> Duration {
        let at = await withCheckedContinuation { continuation in
            mailbox.post(.hangUp(number: number) { continuation.resume(returning: $0) })
        }
        guard let at else { throw BenchError("the phone has no call any more") }
        return at
    }

    func forget(_ number: String) { mailbox.post(.forget(number: number)) }

    func stop() {
        mailbox.post(.stop)
        try? thread.join()
    }
}

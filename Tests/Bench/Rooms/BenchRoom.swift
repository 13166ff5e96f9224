import Linux

/// Browsers in one room.
struct BenchRoom {
    /// Joins of one address within a minute are limited, so that a new one is taken before.
    private static let joinsPerAddress = 150
    private static let settling = Duration.seconds(10)

    let name: String
    private(set) var participants: [Participant] = []
    let server: Server
    let generator: MediaGenerator

    init(server: Server, generator: MediaGenerator) {
        var random = SystemRandomNumberGenerator()
        name = "bench-\(Visitor.hex(digits: 16, random: &random))"
        self.server = server
        self.generator = generator
    }

    /// Runs `body` in a new room, and empties it in any case: who stays would be in the next figure.
    static func whileOpen<Value>(
        _ server: Server, _ generator: MediaGenerator, _ body: (inout BenchRoom) async throws -> Value
    ) async throws -> Value {
        var room = BenchRoom(server: server, generator: generator)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(&room))
        } catch {
            result = .failure(error)
        }
        await room.leave()
        return try result.get()
    }

    /// Lets more come in, one after the other, and waits until everybody has the sections that the server wants.
    mutating func fill(_ count: Int) async throws {
        while participants.count < count { participants.append(try await join()) }
        try await settle()
    }

    /// One more, who is not kept.
    func join() async throws -> Participant {
        try await Participant.join(name, server: server, generator: generator, from: await JoinAddresses.shared.next(of: Self.joinsPerAddress))
    }

    /// Waits until every page has all that was asked of it answered.
    func settle() async throws {
        let giveUp = MonotonicClock.now() + Self.settling
        while true {
            // A moment for frames that are on their way.
            try await Task.sleep(for: .milliseconds(200))
            let told = participants.map(\.told)
            if let trouble = told.compactMap(\.trouble).first { throw BenchError("the server answered a participant \(trouble)") }
            if told.allSatisfy(\.isSettled) { return }
            guard MonotonicClock.now() < giveUp else {
                throw BenchError("sections of \(told.count { !$0.isSettled }) participants were not answered")
            }
        }
    }

    /// The first `talkers` speak, the others send silence.
    func speak(talkers: Int, _ speech: OpusLoop, _ quiet: OpusLoop, mode: ListeningMode) {
        let first = MonotonicClock.now() + .milliseconds(100)
        for (index, participant) in participants.enumerated() {
            let isTalking = index < talkers
            // People do not speak in time with each other.
            participant.speak(
                isTalking ? speech : quiet, from: first + .microseconds(index * 20_000 / participants.count), position: index * 37, mode: mode)
        }
    }

    func counts() async throws -> [LegCount] { try await generator.records(participants.map(\.leg)).map(\.count) }

    func leave() async {
        for participant in participants { await participant.leave() }
    }
}

/// Addresses of this machine, each used for some joins and then not again.
private actor JoinAddresses {
    static let shared = JoinAddresses()

    private var joins = 0

    func next(of each: Int) -> String {
        defer { joins += 1 }
        let index = joins / each
        return "127.0.\(1 + index / 250).\(1 + index % 250)"
    }
}

/// Several visitors, each in a room of its own with an echo call that is up.
struct Legs {
    let visitors: [Visitor]

    static func open(_ count: Int, server: Server, generator: MediaGenerator) async throws -> Legs {
        var visitors: [Visitor] = []
        for _ in 0..<count {
            let visitor = try await Visitor.join(server, generator: generator)
            try await visitor.dial("600")
            visitors.append(visitor)
        }
        return Legs(visitors: visitors)
    }

    func packets() async throws -> (sent: Int, heard: Int) {
        var (sent, heard) = (0, 0)
        for visitor in visitors {
            let echo = try await visitor.heard()
            sent += echo.sentPackets
            heard += echo.packetCount
        }
        return (sent, heard)
    }

    func leave() async {
        for visitor in visitors { await visitor.leave() }
    }
}

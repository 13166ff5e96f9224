import API
import Domain
import Testing

@Suite("The way of a dial")
struct DialDeskTests {
    static let dial = #"{"type":"dial","number":"600","origin":"user","key":"key-0001"}"#

    @Test("A dial that is placed goes to the bridge, and is told as queued before")
    func placed() async throws {
        try await Self.visit { server, connection in
            await server.calls.set(verdict: .placed(Samples.snapshot(.queued), Samples.command))
            try await connection.send(WebSocketProbe.text(Self.dial))
            #expect(await connection.readFrame()?.contains(#""key":"key-0001","number":"600","label":"Echo test","state":"queued""#) == true)
            // The pong comes after everything that the dial had to say at once.
            try await connection.send(WebSocketProbe.text(#"{"type":"hangup","call":"\#(Samples.call)"}"#))
            try await connection.send(WebSocketProbe.text(#"{"type":"ping"}"#))
            #expect(await connection.readFrame() == .text(#"{"type":"pong"}"#))
        }
    }

    @Test("A room without media ends the call, and the asker hears no_media")
    func noMedia() async throws {
        try await Self.visit { server, connection in
            await server.calls.set(verdict: .placed(Samples.snapshot(.queued), Samples.command))
            await server.bridge.refuse(.nobodyThere)
            try await connection.send(WebSocketProbe.text(Self.dial))
            #expect(await connection.readFrame()?.contains(#""state":"queued""#) == true)
            #expect(
                await connection.readFrame()?.contains(#""state":"ended","early_media":false,"outcome":"failed","reason":{"code":"no_media""#) == true
            )
            #expect(await connection.readFrame()?.contains(#"{"type":"error","code":"no_media""#) == true)
            #expect(await server.calls.ended.map(\.outcome) == [.failed])
        }
    }

    @Test("A bridge that does not answer ends the call as internal_error, with a sentence")
    func silent() async throws {
        try await Self.visit { server, connection in
            await server.calls.set(verdict: .placed(Samples.snapshot(.queued), Samples.command))
            await server.bridge.fallSilent()
            try await connection.send(WebSocketProbe.text(Self.dial))
            #expect(await connection.readFrame()?.contains(#""state":"queued""#) == true)
            let end = await connection.readFrame()
            #expect(
                end?.contains(#""outcome":"internal_error","reason":{"code":"bridge_unavailable","text":"The phone bridge did not answer in time"#)
                    == true)
            #expect(end?.contains(#""key":"key-0001""#) == true)
        }
    }

    @Test("A call that the bridge has told of meanwhile is neither sent again nor ended")
    func overtaken() async throws {
        try await Self.visit { server, connection in
            await server.calls.set(verdict: .placed(Samples.snapshot(.dialling), Samples.command))
            try await connection.send(WebSocketProbe.text(Self.dial))
            #expect(await connection.readFrame()?.contains(#""state":"dialling""#) == true)
            // Its answer comes after all that became of the dial.
            try await connection.send(WebSocketProbe.text(#"{"type":"ping"}"#))
            #expect(await connection.readFrame() == .text(#"{"type":"pong"}"#))
            #expect(await server.calls.ended.isEmpty)
            let commands = await server.bridge.commands
            #expect(!commands.contains { if case .dial = $0 { true } else { false } })
        }
    }

    @Test("A refused dial is told with its outcome, and nothing goes out")
    func refused() async throws {
        try await Self.visit { server, connection in
            await server.calls.set(verdict: .refused(Samples.snapshot(.ended)))
            try await connection.send(WebSocketProbe.text(Self.dial))
            #expect(await connection.readFrame()?.contains(#""state":"ended","early_media":false,"outcome":"busy""#) == true)
            let commands = await server.bridge.commands
            #expect(commands.count == 1)
        }
    }

    @Test("A link that somebody else has fired is told as not fired")
    func alreadyFired() async throws {
        try await Self.visit { server, connection in
            await server.calls.set(verdict: .alreadyFired)
            try await connection.send(WebSocketProbe.text(Self.dial))
            #expect(await connection.readFrame()?.contains(#""key":"key-0001","state":"not_fired","reason":{"code":"already_fired""#) == true)
        }
    }

    @Test("Books that cannot be reached are an error about the dial, with its key")
    func booksDown() async throws {
        try await Self.visit { server, connection in
            await server.calls.set(verdict: nil)
            try await connection.send(WebSocketProbe.text(Self.dial))
            let fault = await connection.readFrame()
            #expect(fault?.contains(#"{"type":"error","code":"server_error""#) == true)
            #expect(fault?.contains(#""about":"dial","key":"key-0001"}"#) == true)
        }
    }

    @Test("Figures are read once for everybody who asks within five seconds")
    func figures() async throws {
        let recent = RecentFigures()
        var reads = 0
        for second in [0, 1, 4.9, 5, 9, 10] {
            let figures = try await recent.figures(now: .seconds(second)) {
                reads += 1
                return CallFigures(rooms: reads, participants: 0, live: 0, byOutcome: [:])
            }
            #expect(figures.rooms == (second < 5 ? 1 : second < 10 ? 2 : 3))
        }
    }

    @Test("Only the load that started a call may hang it up")
    func hangup() async throws {
        try await Self.visit { server, connection in
            let hangup = WebSocketProbe.text(#"{"type":"hangup","call":"\#(Samples.call)"}"#)
            try await connection.send(hangup)
            #expect(await connection.readFrame()?.contains(#""code":"unknown_call""#) == true)
            await server.calls.put(Samples.snapshot(.answered, load: Samples.otherLoad))
            try await connection.send(hangup)
            #expect(await connection.readFrame()?.contains(#""code":"forbidden""#) == true)
            await server.calls.put(Samples.snapshot(.queued))
            await server.bridge.refuse(.unknownCall)
            try await connection.send(hangup)
            #expect(await connection.readFrame()?.contains(#""outcome":"cancelled""#) == true)
            #expect(await server.bridge.commands.last == .hangup(call: Samples.call, by: .user))
        }
    }

    @Test("Digits are keyed for the load that started a call, once somebody has answered")
    func digits() async throws {
        try await Self.visit { server, connection in
            let digits = WebSocketProbe.text(#"{"type":"dtmf","call":"\#(Samples.call)","digits":"12#"}"#)
            func isAnswered(_ code: String) async throws -> Bool {
                try await connection.send(digits)
                return await connection.readFrame()?.contains(#""code":"\#(code)""#) == true
            }
            #expect(try await isAnswered("unknown_call"))
            await server.calls.put(Samples.snapshot(.answered, load: Samples.otherLoad))
            #expect(try await isAnswered("forbidden"))
            #expect(await !server.bridge.commands.contains { if case .dtmf = $0 { true } else { false } })
            await server.calls.put(Samples.snapshot(.ended))
            #expect(try await isAnswered("unknown_call"))
            await server.calls.put(Samples.snapshot(.ringing))
            await server.bridge.refuse(.unknownCall)
            #expect(try await isAnswered("not_answered"))
            await server.bridge.refuse(.atCapacity)
            await server.calls.put(Samples.snapshot(.answered))
            #expect(try await isAnswered("at_capacity"))
            let wanted = try #require(DTMFDigits("12#"))
            #expect(await server.bridge.commands.last == .dtmf(call: Samples.call, wanted))
        }
    }

    @Test("A hang-up that crosses the end of its call leaves the outcome to the bridge", arguments: [CallState.dialling, .ringing, .answered])
    func hangupCrossesEnd(state: CallState) async throws {
        try await Self.visit { server, connection in
            await server.calls.put(Samples.snapshot(state))
            await server.bridge.refuse(.unknownCall)
            try await connection.send(WebSocketProbe.text(#"{"type":"hangup","call":"\#(Samples.call)"}"#))
            try await connection.send(WebSocketProbe.text(#"{"type":"hangup","call":"ca_ffffffffffffffffffffffff"}"#))
            // Nothing is said of the first; the second is answered.
            #expect(await connection.readFrame()?.contains(#""code":"unknown_call""#) == true)
            #expect(await server.calls.ended.isEmpty)
        }
    }

    @Test("A call that another process's bridge has is not said to be hung up")
    func hangupElsewhere() async throws {
        try await Self.visit { server, connection in
            await server.calls.put(Samples.snapshot(.answered))
            await server.calls.setElsewhere()
            await server.bridge.refuse(.unknownCall)
            try await connection.send(WebSocketProbe.text(#"{"type":"hangup","call":"\#(Samples.call)"}"#))
            #expect(await connection.readFrame()?.contains(#""code":"bridge_unavailable""#) == true)
            #expect(await server.calls.call(Samples.call)?.state == .answered)
        }
    }

    @Test("Everybody in the room hears of a call, the asker alone with the key")
    func everybody() async throws {
        try await Self.visit { server, connection in
            await server.calls.set(verdict: .refused(Samples.snapshot(.ended)))
            let mine = try await server.connect { second in
                #expect(try await second.upgrade())
                try await second.send(WebSocketProbe.text(#"{"type":"join","room":"standup","name":"Bob","load":"\#(Samples.otherLoad)"}"#))
                _ = await second.readFrame()
                try await second.send(WebSocketProbe.text(Self.dial))
                return await second.readFrame()
            }
            #expect(mine?.contains(#""key":"key-0001""#) == true)
            let theirs = await connection.readFrame()
            #expect(theirs?.contains(#""state":"ended""#) == true)
            #expect(theirs?.contains("key-0001") == false)
        }
    }

    /// A browser that has joined.
    private static func visit(_ body: @Sendable (RunningServer, inout LoopbackConnection) async throws -> Void) async throws {
        try await RunningServer.with { server in
            try await server.connect { connection in
                #expect(try await connection.upgrade())
                try await connection.send(WebSocketProbe.text(SignalSessionTests.join))
                #expect(await connection.readFrame()?.contains("welcome") == true)
                try await body(server, &connection)
            }
        }
    }
}

extension WebSocketProbe.Frame {
    func contains(_ part: String) -> Bool {
        if case .text(let text) = self { text.contains(part) } else { false }
    }
}

import API
import Domain
import Testing

@Suite("A signal socket on the wire")
struct SignalSocketTests {
    static let join = SignalSessionTests.join

    @Test("Join, offer and leave")
    func visit() async throws {
        try await RunningServer.with { server in
            try await server.connect { connection in
                #expect(try await connection.upgrade())
                try await connection.send(WebSocketProbe.text(Self.join))
                let welcome = await connection.readFrame()
                guard case .text(let text) = welcome else {
                    Issue.record("no welcome: \(String(describing: welcome))")
                    return
                }
                #expect(text.hasPrefix(#"{"type":"welcome","peer":"pe_"#))
                #expect(text.contains(#""resumed":false,"role":"guest","locked":false,"calls":[]}"#))
                try await connection.send(WebSocketProbe.text(#"{"type":"signal","description":{"type":"offer","sdp":"v=0"}}"#))
                #expect(await connection.readFrame() == .text(#"{"type":"signal","description":{"type":"answer","sdp":"v=0 answer"}}"#))
                #expect(await connection.readFrame() == .text(#"{"type":"media","audio":2,"video":0}"#))
                #expect(await connection.readFrame() == .text(#"{"type":"tracks","tracks":{}}"#))
                #expect(await connection.readFrame() == .text(#"{"type":"upload","camera":false,"screen":false}"#))
                try await connection.send(WebSocketProbe.text(#"{"type":"leave"}"#))
                #expect(await connection.readFrame() == .close(1000, "left"))
                try await connection.send(WebSocketProbe.frame(opcode: 8, [0x03, 0xE8]))
                #expect(await connection.readFrame() == nil)
            }
        }
    }

    @Test("A WebSocket ping is ponged, fragments are put together, a close is echoed")
    func webSocket() async throws {
        try await RunningServer.with { server in
            try await server.connect { connection in
                #expect(try await connection.upgrade())
                try await connection.send(WebSocketProbe.frame(opcode: 9, [1, 2, 3]))
                #expect(await connection.readFrame() == .pong([1, 2, 3]))
                try await connection.send(WebSocketProbe.frame(opcode: 1, final: false, Samples.bytes(#"{"type":"#)))
                try await connection.send(WebSocketProbe.frame(opcode: 9, [4]))
                try await connection.send(WebSocketProbe.frame(opcode: 0, Samples.bytes(#""ping"}"#)))
                #expect(await connection.readFrame() == .pong([4]))
                #expect(await connection.readFrame() == .text(#"{"type":"pong"}"#))
                try await connection.send(WebSocketProbe.frame(opcode: 8, [0x0F, 0xA1, 0x78]))
                #expect(await connection.readFrame() == .close(4001, ""))
                #expect(await connection.readFrame() == nil)
            }
        }
    }

    @Test("A frame of 64 KiB and one byte closes with 1009, and the close arrives although more was on its way")
    func oversize() async throws {
        try await RunningServer.with { server in
            try await server.connect { connection in
                #expect(try await connection.upgrade())
                try await connection.send(WebSocketProbe.frame([UInt8](repeating: 0x20, count: 64 * 1024)))
                #expect(await connection.readFrame()?.isError == true)
                try await connection.send(WebSocketProbe.frame([UInt8](repeating: 0x20, count: 512 * 1024)))
                #expect(await connection.readClose() == .close(1009, "frame_too_large"))
            }
            try await server.connect { connection in
                #expect(try await connection.upgrade())
                let half = [UInt8](repeating: 0x20, count: 40 * 1024)
                try await connection.send(WebSocketProbe.frame(opcode: 1, final: false, half))
                try await connection.send(WebSocketProbe.frame(opcode: 0, half))
                #expect(await connection.readClose() == .close(1009, "frame_too_large"))
            }
        }
    }

    @Test("A flood closes with 4429")
    func flood() async throws {
        try await RunningServer.with { server in
            try await server.connect { connection in
                #expect(try await connection.upgrade())
                let ping = WebSocketProbe.text(#"{"type":"ping"}"#)
                try await connection.send(Array(repeatElement(ping, count: 200).joined()))
                #expect(await connection.readClose() == .close(4429, "flood"))
            }
        }
    }

    @Test("A client that does not mask breaks the protocol")
    func unmasked() async throws {
        try await RunningServer.with { server in
            try await server.connect { connection in
                #expect(try await connection.upgrade())
                try await connection.send([0x81, 0x02, 0x7B, 0x7D])
                #expect(await connection.readClose() == .close(1002, "protocol_error"))
            }
        }
    }

    @Test("A frame that cannot be read is answered, and the socket stays")
    func malformed() async throws {
        try await RunningServer.with { server in
            try await server.connect { connection in
                #expect(try await connection.upgrade())
                try await connection.send(WebSocketProbe.text("{"))
                #expect(await connection.readFrame()?.isError == true)
                try await connection.send(WebSocketProbe.frame(opcode: 2, [0]))
                #expect(await connection.readFrame()?.isError == true)
                try await connection.send(WebSocketProbe.text(#"{"type":"ping"}"#))
                #expect(await connection.readFrame() == .text(#"{"type":"pong"}"#))
            }
        }
    }

    @Test("At shutdown every socket is told to come back, also one that never answers, and it is done within two seconds")
    func shutdown() async throws {
        let clock = ContinuousClock()
        let start = try await RunningServer.with { server in
            try await server.connect { connection in
                let isOpen = try await connection.upgrade()
                #expect(isOpen)
                let start = clock.now
                await server.shutDown()
                #expect(await connection.readClose() == .close(1001, "server_restarting"))
                return start
            }
        }
        #expect(clock.now - start < .seconds(2))
    }

    @Test("A socket that joins again from elsewhere replaces the first one, which does not end the stay")
    func replaced() async throws {
        try await RunningServer.with { server in
            try await server.connect { first in
                #expect(try await first.upgrade())
                try await first.send(WebSocketProbe.text(Self.join))
                guard case .text(let welcome) = await first.readFrame(), let token = welcome.member("resume"), let peer = welcome.member("peer")
                else {
                    Issue.record("no welcome")
                    return
                }
                let again = Self.join.dropLast() + #","resume":"\#(token)"}"#
                let second = try await server.connect { second in
                    #expect(try await second.upgrade())
                    try await second.send(WebSocketProbe.text(String(again)))
                    return await second.readFrame()
                }
                guard case .text(let text) = second else {
                    Issue.record("no second welcome")
                    return
                }
                #expect(text.member("peer") == peer)
                #expect(text.contains(#""resumed":true"#))
                #expect(await first.readClose() == .close(4409, "replaced"))
            }
            let commands = await server.bridge.commands
            #expect(!commands.contains { if case .leave = $0 { true } else { false } })
        }
    }

    @Test("A token of another load makes a new place")
    func foreignToken() async throws {
        try await RunningServer.with { server in
            try await server.connect { first in
                #expect(try await first.upgrade())
                try await first.send(WebSocketProbe.text(Self.join))
                guard case .text(let welcome) = await first.readFrame(), let token = welcome.member("resume") else {
                    Issue.record("no welcome")
                    return
                }
                let foreign = #"{"type":"join","room":"standup","name":"Eve","load":"\#(Samples.otherLoad)","resume":"\#(token)"}"#
                let second = try await server.connect { second in
                    #expect(try await second.upgrade())
                    try await second.send(WebSocketProbe.text(foreign))
                    return await second.readFrame()
                }
                guard case .text(let text) = second else {
                    Issue.record("no second welcome")
                    return
                }
                #expect(text.contains(#""resumed":false"#))
                #expect(text.member("peer") != welcome.member("peer"))
            }
        }
    }
}

extension String {
    /// The value of the first member of this name in a JSON text.
    fileprivate func member(_ name: String) -> String? {
        let parts = split(separator: "\"\(name)\":\"", maxSplits: 1)
        return parts.count == 2 ? parts[1].split(separator: "\"").first.map(String.init) : nil
    }
}

extension WebSocketProbe.Frame {
    var isError: Bool {
        if case .text(let text) = self { text.hasPrefix(#"{"type":"error","code":"malformed_frame""#) } else { false }
    }
}

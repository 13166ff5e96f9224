import Domain
import Testing

@Suite("The gate of REST")
struct GateTests {
    @Test("A key that asks too often waits, and others do not")
    func rates() async throws {
        try await RunningServer.with(requestsPerMinute: 3) { server in
            await server.calls.put(Samples.snapshot(.ended))
            let path = "/v1/calls/\(Samples.call)"
            let read = ["Authorization: Bearer \(FakeCallBook.readKey)"]
            var remaining: [String?] = []
            for _ in 0..<3 {
                let answer = try await server.request("GET", path, read)
                #expect(answer.status == 200 && answer["ratelimit-limit"] == "3")
                remaining.append(answer["ratelimit-remaining"])
            }
            #expect(remaining == ["2", "1", "0"])
            let refused = try await server.request("GET", path, read)
            #expect(refused.status == 429 && refused.body.contains(#""code":"too_many_requests""#))
            #expect(refused["ratelimit-remaining"] == "0" && ["20", "19"].contains(refused["retry-after"]))
            #expect(try await server.request("GET", path, ["Authorization: Bearer \(FakeCallBook.otherKey)"]).status == 403)
            #expect(try await server.request("GET", path).status == 401)
        }
    }

    @Test("A body where none is expected is refused")
    func body() async throws {
        try await RunningServer.with { server in
            let answer = try await server.request(
                "GET", "/v1/calls/\(Samples.call)", ["Authorization: Bearer \(FakeCallBook.readKey)", "Content-Length: 5", "", "hello"])
            #expect(answer.status == 413 && answer.body.contains(#""code":"body_not_expected""#))
        }
    }
}

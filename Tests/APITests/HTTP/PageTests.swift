import API
import Domain
import Foundation
import Testing

@Suite("Pages and plain answers")
struct PageTests {
    @Test("Every file of the Web folder is served under its name")
    func allFiles() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folder = tests.deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/API/Server/Web")
        #expect(WebAssets.names == Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)))
    }

    @Test("The room page comes with its type, its ETag and the headers that fence it in")
    func room() async throws {
        try await RunningServer.with { server in
            let page = try await server.request("GET", "/room.html?room=a&dial=%2B4930123456&utm_source=x")
            #expect(page.status == 200)
            #expect(page["content-type"] == "text/html; charset=utf-8")
            #expect(page["cache-control"] == "no-cache")
            #expect(page["x-content-type-options"] == "nosniff")
            #expect(page["referrer-policy"] == "no-referrer")
            #expect(page["permissions-policy"]?.contains("microphone=(self), camera=(self)") == true)
            let policy = try #require(page["content-security-policy"])
            #expect(policy.contains("default-src 'none'; script-src 'self';"))
            #expect(policy.contains("connect-src 'self' ws://phone.example wss://phone.example"))
            #expect(policy.hasSuffix("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe"))

            let etag = try #require(page["etag"])
            for known in [etag, "W/\(etag)", "\"other\", \(etag)", "*"] {
                let again = try await server.request("GET", "/room.html", ["If-None-Match: \(known)"])
                #expect(again.status == 304 && again.body.isEmpty && again["etag"] == etag)
            }
            #expect(try await server.request("GET", "/room.html", ["If-None-Match: \"other\""]).status == 200)
        }
    }

    @Test("The landing page is at the root, and assets under /assets only")
    func assets() async throws {
        try await RunningServer.with { server in
            #expect(try await server.request("GET", "/").body.contains("<"))
            let script = try await server.request("GET", "/assets/room.js")
            #expect(script.status == 200)
            #expect(script["content-type"] == "text/javascript; charset=utf-8")
            for missing in ["/assets/room.html", "/assets/none.js", "/assets/..%2f..%2fPackage.swift", "/room.js", "/assets/"] {
                #expect(try await server.request("GET", missing).status == 404, "\(missing)")
            }
        }
    }

    @Test("Only sites that are named may put the pages into a frame")
    func embedding() async throws {
        try await RunningServer.with(embedding: ["https://crm.example"]) { server in
            let policy = try await server.request("GET", "/room.html")["content-security-policy"]
            #expect(policy?.hasSuffix("frame-ancestors https://crm.example") == true)
        }
    }

    @Test("HEAD is answered as GET, without the body")
    func head() async throws {
        try await RunningServer.with { server in
            let answer = try await server.request("HEAD", "/healthz")
            #expect(answer.status == 200 && answer.body.isEmpty)
        }
    }

    @Test("What is not there is a problem document, and so is a method that is not answered, with Allow")
    func problems() async throws {
        try await RunningServer.with { server in
            let missing = try await server.request("GET", "/nowhere")
            #expect(missing.status == 404)
            #expect(missing["content-type"] == "application/problem+json")
            #expect(
                missing.body.hasPrefix(
                    #"{"type":"about:blank","title":"Not Found","status":404,"code":"not_found","detail":"There is nothing at this address.","#))
            #expect(missing["x-content-type-options"] == "nosniff")

            for path in ["/", "/room.html", "/healthz", "/signal", "/v1/calls/ca_0"] {
                let refused = try await server.request("POST", path, ["Content-Length: 0", "Authorization: Bearer \(FakeCallBook.readKey)"])
                #expect(refused.status == 405, "\(path)")
                #expect(refused["allow"] == "GET, HEAD")
                #expect(refused.body.contains(#""code":"method_not_allowed""#))
            }
        }
    }

    @Test("Readiness names the part that is missing")
    func readiness() async throws {
        try await RunningServer.with { server in
            #expect(try await server.request("GET", "/readyz").status == 200)
            await server.calls.set(isUp: false)
            let answer = try await server.request("GET", "/readyz")
            #expect(answer.status == 503)
            #expect(answer.body.contains("Not ready: database."))
            #expect(try await server.request("GET", "/healthz").status == 200)
        }
        try await RunningServer.with(isBridgeAlive: false) { server in
            let answer = try await server.request("GET", "/readyz")
            #expect(answer.body.contains("Not ready: bridge."))
        }
    }

    @Test("A plain GET of the signal endpoint tells the build, the figures and the public numbers")
    func signal() async throws {
        try await RunningServer.with { server in
            for path in ["/signal", "/signal.ashx"] {
                let stamp = try await server.request("GET", path).body
                #expect(stamp == "ringlink test build\n")
                let summary = try await server.request("GET", path + "?healthsummary=1").body
                #expect(summary.hasPrefix(#"{"rooms":1,"participants":2,"#))
                #expect(summary.contains(#""calls":{"blocked":0,"busy":3,"#))
                #expect(
                    try await server.request("GET", path + "?publicnumbers=1").body
                        == #"{"numbers":[{"number":"600","label":"Echo test","mode":"echo"}]}"#)
            }
        }
    }

    @Test("A call is shown to a key that may read calls, and to nobody else")
    func call() async throws {
        try await RunningServer.with { server in
            await server.calls.put(Samples.snapshot(.ended))
            let path = "/v1/calls/\(Samples.call)"
            let read = "Authorization: Bearer \(FakeCallBook.readKey)"
            let answer = try await server.request("GET", path, [read])
            #expect(answer.status == 200)
            #expect(
                answer.body == """
                    {"id":"ca_0123456789abcdef01234567","room":"standup","number":"600","label":"Echo test","state":"ended",\
                    "outcome":"busy","reason":{"code":"busy","text":"Busy."},"origin":"url","queued_at":"1970-01-01T00:00:01Z",\
                    "ended_at":"1970-01-01T00:00:09Z","talk_seconds":0,"attempts":[],\
                    "timeline":[{"at":"1970-01-01T00:00:01Z","event":"queued","late":false}]}
                    """)
            for unknown in ["/v1/calls/ca_ffffffffffffffffffffffff", "/v1/calls/x"] {
                let missing = try await server.request("GET", unknown, [read])
                #expect(missing.status == 404 && missing.body.contains(#""code":"unknown_call""#))
            }
            for header in [
                [], ["Authorization: Bearer ak_1"], ["Authorization: Basic eDp5"], ["Authorization: Bearer ak_" + String(repeating: "0", count: 32)],
            ] {
                let refused = try await server.request("GET", path, header)
                #expect(refused.status == 401 && refused["www-authenticate"]?.hasPrefix("Bearer") == true)
            }
            #expect(try await server.request("GET", path, ["Authorization: Bearer \(FakeCallBook.otherKey)"]).status == 403)
        }
    }
}

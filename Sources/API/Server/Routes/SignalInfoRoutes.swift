import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// What a plain GET of the signal endpoint tells: the build, the health in figures, the public numbers. No numbers of callers, no addresses.
struct SignalInfoRoutes: Sendable {
    let build: String
    let calls: any CallBook
    let clock: ServerClock
    let recent = RecentFigures()

    private struct Summary: Encodable {
        struct Trunks: Encodable {
            var enabled: Int
            var disabled: Int
            /// What is neither up nor down was not asked yet, or is not to be asked.
            var up: Int
            var down: Int
        }
        var rooms: Int
        var participants: Int
        var trunks: Trunks
        var calls: [String: Int]
    }

    private struct Numbers: Encodable {
        struct Number: Encodable {
            var number: String
            var label: String
            var mode: String
        }
        var numbers: [Number]
    }

    func add(to router: Router<WebContext>) {
        for path: RouterPath in ["/signal", "/signal.ashx"] {
            router.read(path) { request, _ in try await answer(request) }
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        let query = request.uri.queryParameters
        if query["healthsummary"] == "1" { return try await healthSummary() }
        if query["publicnumbers"] == "1" { return try await publicNumbers() }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: build + "\n")))
    }

    private func healthSummary() async throws -> Response {
        let figures = try await recent.figures(now: clock.now) { try await calls.figures(now: clock.wallMilliseconds) }
        var totals = ["live": figures.live]
        for outcome in CallOutcome.allCases { totals[outcome.rawValue] = figures.byOutcome[outcome] ?? 0 }
        return try JSONAnswer.response(
            Summary(
                rooms: figures.rooms, participants: figures.participants,
                trunks: Summary.Trunks(
                    enabled: figures.trunksEnabled, disabled: figures.trunksDisabled, up: figures.trunksUp, down: figures.trunksDown),
                calls: totals))
    }

    private func publicNumbers() async throws -> Response {
        let numbers = try await calls.publicNumbers().map { number in
            Numbers.Number(number: number.number, label: number.label, mode: number.mode.name)
        }
        return try JSONAnswer.response(Numbers(numbers: numbers))
    }
}

extension VirtualNumber.Mode {
    fileprivate var name: String {
        switch self {
        case .echo: "echo"
        case .announce: "announce"
        case .extension: "extension"
        }
    }
}

import Linux
import OpenSSLDTLS

/// One browser in a room of its own: its socket, and its leg on the generator's thread. Used by one task at a time.
final class Visitor {
    /// One certificate serves all: making one is the browser's work, and not what is measured.
    static let certificate = Result { try DTLSCertificate() }

    let leg: UInt64
    /// From the join frame to DTLS established.
    let joinTime: Duration
    private let socket: SignalSocket
    private let generator: MediaGenerator

    private init(leg: UInt64, joinTime: Duration, socket: SignalSocket, generator: MediaGenerator) {
        self.leg = leg
        self.joinTime = joinTime
        self.socket = socket
        self.generator = generator
    }

    static func join(_ server: Server, generator: MediaGenerator) async throws -> Visitor {
        var random = SystemRandomNumberGenerator()
        let certificate = try certificate.get()
        let offer = BrowserOffer(fingerprint: certificate.fingerprint, random: &random)
        let room = "bench-\(String(UInt64.random(in: .min ... .max, using: &random), radix: 36))"
        let socket = try await SignalSocket.open(server)
        let began = MonotonicClock.now()
        socket.send(.join(room: room, load: hex(digits: 32, random: &random)))
        _ = try await socket.receive("welcome") { $0.type == "welcome" }
        socket.send(.offer(offer.text))
        let frame = try await socket.receive("the answer") { $0.type == "signal" && $0.description != nil }
        let answer = try ServerAnswer(frame.description?.sdp ?? "")
        let (leg, at) = try await generator.open { established in
            LegPlan(
                network: .browser(local: offer.local, answer: answer, certificate: certificate), ssrc: offer.ssrc, established: established)
        }
        return Visitor(leg: leg, joinTime: at - began, socket: socket, generator: generator)
    }

    /// Calls a number and waits until it is answered.
    /// - Returns: the call's id, and when its frame was handed to the socket.
    @discardableResult
    func dial(_ number: String) async throws -> (call: String, at: Duration) {
        var random = SystemRandomNumberGenerator()
        let at = MonotonicClock.now()
        socket.send(.dial(number, key: Self.hex(digits: 32, random: &random)))
        let status = try await socket.receive("the call's answer") {
            $0.type == "dial-status" && ["answered", "ended", "not_fired"].contains($0.state)
        }
        guard status.state == "answered", let call = status.call else {
            throw BenchError("the call came to nothing: \(status.outcome ?? status.state ?? "") (\(status.reason?.text ?? "no reason"))")
        }
        return (call, at)
    }

    /// Waits until the server says that the call has ended.
    /// - Returns: when its frame was read.
    func awaitEnd(of call: String) async throws -> Duration {
        try await socket.receive("the call's end") { $0.type == "dial-status" && $0.call == call && $0.state == "ended" }.arrival
    }

    /// What the leg hears from now on is its own.
    func speak(_ audio: OpusLoop, from first: Duration, position: Int = 0, mode: ListeningMode) {
        generator.speak(leg, audio, from: first, position: position, mode: mode)
    }

    func heard() async throws -> HeardEcho {
        try await generator.records([leg])[0].heard
    }

    func leave() async {
        socket.send(.leave)
        generator.close(leg)
        await socket.close()
    }

    static func hex(digits: Int, random: inout some RandomNumberGenerator) -> String {
        (0..<digits).map { _ in String(UInt8.random(in: 0...15, using: &random), radix: 16) }.joined()
    }
}

import Linux
import OpenSSLDTLS
import Synchronization

/// One browser in a room with others: its leg on the generator's thread, and a task that offers the sections the server asks for.
final class Participant: Sendable {
    /// What the server has said to it so far.
    struct News: Sendable {
        var wantedVideo = 0
        /// Whether all that was wanted is offered and answered.
        var isSettled = false
        var trouble: String?
    }

    let leg: UInt64
    /// When its join frame was handed to the socket.
    let began: Duration
    private let line: SignalLine
    private let generator: MediaGenerator
    private let reading: Task<Void, Never>
    private let news: SharedNews

    private final class SharedNews: Sendable {
        let value = Mutex(News())
    }

    private init(leg: UInt64, began: Duration, socket: SignalSocket, page: PageNegotiation, generator: MediaGenerator) {
        self.leg = leg
        self.began = began
        self.generator = generator
        let news = SharedNews()
        (self.news, line) = (news, socket.line)
        reading = Task { [line, frames = socket.news] in await Self.follow(frames, line, page, news) }
    }

    /// - Parameter local: the address that its socket comes from.
    static func join(_ room: String, server: Server, generator: MediaGenerator, from local: String) async throws -> Participant {
        var random = SystemRandomNumberGenerator()
        let certificate = try Visitor.certificate.get()
        var page = PageNegotiation(BrowserOffer(fingerprint: certificate.fingerprint, hasCamera: true, random: &random))
        let offer = page.offer
        let socket = try await SignalSocket.open(server, from: local)
        let began = MonotonicClock.now()
        socket.send(.join(room: room, load: Visitor.hex(digits: 32, random: &random)))
        _ = try await socket.receive("welcome") { $0.type == "welcome" }
        socket.send(.offer(offer.text))
        let frame = try await socket.receive("the answer") { frame in
            if frame.type == "media" { _ = page.want(audio: frame.audio ?? 0, video: frame.video ?? 0) }
            return frame.type == "signal" && frame.description != nil
        }
        let answer = try ServerAnswer(frame.description?.sdp ?? "")
        let (leg, _) = try await generator.open { established in
            LegPlan(
                network: .browser(local: offer.local, answer: answer, certificate: certificate), ssrc: offer.ssrc, cameraSSRC: offer.cameraSSRC,
                established: established)
        }
        return Participant(leg: leg, began: began, socket: socket, page: page, generator: generator)
    }

    /// Does what a page does about its sections, until the socket closes.
    private static func follow(_ frames: AsyncStream<ServerFrame>, _ line: SignalLine, _ page: PageNegotiation, _ news: SharedNews) async {
        var page = page
        func offer(_ text: String?) {
            if let text { line.send(.offer(text)) }
            news.value.withLock { $0.isSettled = !page.isAsking }
        }
        offer(page.answered())
        for await frame in frames {
            switch frame.type {
            case "media":
                news.value.withLock { $0.wantedVideo = frame.video ?? 0 }
                offer(page.want(audio: frame.audio ?? 0, video: frame.video ?? 0))
            case "signal": offer(page.answered())
            case "error": news.value.withLock { $0.trouble = "\(frame.code ?? "an error") (\(frame.detail ?? ""))" }
            default: break
            }
        }
    }

    var told: News { news.value.withLock { $0 } }

    func speak(_ audio: OpusLoop, from first: Duration, position: Int, mode: ListeningMode) {
        generator.speak(leg, audio, from: first, position: position, mode: mode)
    }

    /// Says nothing, and reads what comes as `mode` says; what came before does not count.
    func listen(_ mode: ListeningMode) { generator.listen(leg, mode) }

    /// Switches the camera on: the others are told, and pictures go out from `first` on.
    func film(from first: Duration) {
        line.send(.update(camera: true))
        generator.film(leg, from: first)
    }

    func leave() async {
        reading.cancel()
        line.send(.leave)
        generator.close(leg)
        await line.close()
    }
}

import ICE
import LibSRTP
import Linux
import Media
import OpenSSLDTLS
import RTP

/// What a leg is made of, handed to the thread that runs it.
struct LegPlan: Sendable {
    var local: ICECredentials
    var ssrc: UInt32
    var answer: ServerAnswer
    var certificate: DTLSCertificate
    /// Told once: when DTLS was established, or why not.
    var established: @Sendable (Result<Duration, BenchError>) -> Void
}

/// The media side of one browser: checks as the controlling agent, DTLS client, SRTP, Opus out, PCMU in.
final class MediaLeg {
    private static let patience = Duration.seconds(10)
    /// How often a browser repeats its first check, and its consent (RFC 7675 section 5.1).
    private static let checkInterval = Duration.milliseconds(50)
    private static let consentInterval = Duration.milliseconds(2500)
    private static let reportInterval = Duration.seconds(5)
    private static let frame = Duration.milliseconds(20)

    let socket: UDPSocket
    private(set) var heard: HeardEcho
    /// `nil` until it speaks; a leg never goes back from counting.
    private(set) var mode: ListeningMode?
    private let plan: LegPlan
    private let key: STUNIntegrityKey
    private let dtls: OpenSSLAssociation
    private var srtp: LibSRTPTransform?
    private var random = SystemRandomNumberGenerator()
    private let tieBreaker: UInt64
    private let giveUp: Duration
    private var nextCheck: Duration
    private var nextReport: Duration?
    private var isAnswered = false
    private var isTold = false
    private var sending: Sending?
    private var statistics = SenderStatistics(clockRate: 48_000)
    private var bytes: [UInt8] = []

    private struct Sending {
        var audio: OpusLoop
        var next: Duration
        /// Frames sent since the start of the loop; the loop may be entered anywhere.
        var position: Int
        var sequenceNumber: UInt16
        var timestamp: UInt32
    }

    init(_ plan: LegPlan, now: Duration) throws {
        self.plan = plan
        key = STUNIntegrityKey(password: plan.answer.remote.password)
        dtls = try OpenSSLAssociation(certificate: plan.certificate, role: .client)
        let any = SocketAddress(ipv4: plan.answer.address.host == "127.0.0.1" ? 0x7F00_0001 : 0, port: 0)
        socket = try UDPSocket(bind: any)
        heard = HeardEcho()
        tieBreaker = random.next()
        giveUp = now + Self.patience
        nextCheck = now
        bytes.reserveCapacity(2048)
    }

    // MARK: Time

    /// When `handleDeadline` is to be called next.
    var deadline: Duration {
        var first = nextCheck
        if isAnswered, let deadline = dtls.deadline { first = min(first, deadline) }
        if let next = sending?.next { first = min(first, next) }
        if let nextReport { first = min(first, nextReport) }
        return first
    }

    func handleDeadline(now: Duration) {
        if nextCheck <= now { check(now: now) }
        if isAnswered, let deadline = dtls.deadline, deadline <= now { progress(dtls.handleDeadline(now: now), now: now) }
        if !isTold, giveUp <= now { tell(.failure(BenchError("no media connection within 10 s"))) }
        while let next = sending?.next, next <= now { sendFrame() }
        if let nextReport, nextReport <= now { report(now: now) }
    }

    // MARK: What comes

    func receive(_ datagram: inout [UInt8], now: Duration) {
        switch DatagramKind(datagram.span) {
        case .stun: receiveSTUN(datagram, now: now)
        case .dtls: if isAnswered { progress(dtls.receive(datagram, now: now), now: now) }
        case .rtp:
            guard let srtp, srtp.unprotectRTP(&datagram) == .accepted, let header = RTPHeader(datagram.span) else { return }
            guard header.payloadType == StaticPayloadType.pcmu.rawValue else { return }
            heard.add(datagram[header.payload], timestamp: header.timestamp, at: now)
        case .rtcp: _ = srtp?.unprotectRTCP(&datagram)
        case .unknown: break
        }
    }

    private func receiveSTUN(_ datagram: [UInt8], now: Duration) {
        guard !isAnswered, let message = try? STUNMessage(datagram.span), message.kind == .success,
            message.isAuthentic(in: datagram.span, key: key)
        else { return }
        isAnswered = true
        nextCheck = now + Self.consentInterval
        // A client's first flight leaves with its first deadline.
        progress(dtls.handleDeadline(now: now), now: now)
    }

    private func progress(_ progress: DTLSProgress, now: Duration) {
        flushDTLS()
        switch progress {
        case .pending: break
        case .closed: tell(.failure(BenchError("the server closed the media connection")))
        case .failed(let reason): tell(.failure(BenchError("DTLS failed: \(reason)")))
        case .established(let material, let fingerprint):
            guard fingerprint == plan.answer.fingerprint, let srtp = try? LibSRTPTransform(material) else {
                return tell(.failure(BenchError("the server's certificate is not that of its answer")))
            }
            self.srtp = srtp
            tell(.success(now))
        }
    }

    private func tell(_ result: Result<Duration, BenchError>) {
        guard !isTold else { return }
        isTold = true
        plan.established(result)
    }

    // MARK: What goes

    private func check(now: Duration) {
        nextCheck = now + (isAnswered ? Self.consentInterval : Self.checkInterval)
        let request = STUNBindingRequest(
            transactionID: STUNTransactionID(random: &random), username: "\(plan.answer.remote.ufrag):\(plan.local.ufrag)",
            priority: ICECandidate.priority(.peerReflexive, localPreference: .max, component: 1), role: .controlling(tieBreaker: tieBreaker),
            isNominating: true)
        send { request.append(key: key, to: &$0) }
    }

    private func flushDTLS() {
        var more = true
        while more {
            more = false
            send { more = dtls.takeDatagram(into: &$0) }
        }
    }

    /// Speaks from `first` on, a packet every 20 ms, from the loop's frame `position`.
    func speak(_ audio: OpusLoop, from first: Duration, position: Int, mode: ListeningMode) {
        self.mode = mode
        heard = HeardEcho(keepingAudio: mode == .recording)
        let before = sending
        sending = Sending(
            audio: audio, next: first, position: position, sequenceNumber: before?.sequenceNumber ?? random.next(),
            timestamp: before?.timestamp ?? random.next())
        nextReport = first + Self.reportInterval
    }

    private func sendFrame() {
        guard var sending, let srtp else { return }
        let frame = sending.audio.frames[sending.position % sending.audio.frames.count]
        let now = MonotonicClock.now()
        send { bytes in
            let extensions = RTPOutgoingExtensions(
                mid: .init(id: BrowserOffer.midID, bytes: Array(BrowserOffer.microphone.utf8)), audioLevel: (BrowserOffer.audioLevelID, frame.level))
            RTPHeader.write(
                payloadType: BrowserOffer.opus, marker: false, sequenceNumber: sending.sequenceNumber, timestamp: sending.timestamp, ssrc: plan.ssrc,
                extensions: extensions, to: &bytes)
            bytes.append(contentsOf: frame.payload)
            _ = srtp.protectRTP(&bytes, from: 0)
        }
        heard.noteSent(position: sending.position, at: now)
        statistics.send(payloadLength: frame.payload.count, timestamp: sending.timestamp, now: now)
        sending.position += 1
        sending.sequenceNumber &+= 1
        sending.timestamp &+= 960
        sending.next += Self.frame
        self.sending = sending
    }

    private func report(now: Duration) {
        nextReport = now + Self.reportInterval
        let ntp = NTPTimestamp(unixNanoseconds: MonotonicClock.wallClockNanoseconds())
        guard let srtp, let info = statistics.senderInfo(ssrc: plan.ssrc, ntp: ntp, now: now) else { return }
        send { bytes in
            RTCPWriter.appendSenderReport(info, blocks: [], to: &bytes)
            RTCPWriter.appendCanonicalName(Array("bench".utf8), of: plan.ssrc, to: &bytes)
            _ = srtp.protectRTCP(&bytes, from: 0)
        }
    }

    func close() {
        dtls.close()
        flushDTLS()
    }

    private func send(_ build: (inout [UInt8]) -> Void) {
        bytes.removeAll(keepingCapacity: true)
        build(&bytes)
        guard !bytes.isEmpty else { return }
        _ = socket.send(bytes, 0..<bytes.count, to: plan.answer.address)
    }
}

import Linux
import Media
import RTP

/// The media side of one participant: Opus out, a camera if it is switched on; PCMU of phones, Opus and VP8 of others in.
final class MediaLeg {
    private static let reportInterval = Duration.seconds(5)
    private static let frame = Duration.milliseconds(20)
    /// What a receiver of video says it could take, once a second.
    private static let estimateInterval = Duration.seconds(1)
    private static let estimate: UInt64 = 20_000_000

    let connection: any LegConnection
    /// When the loop means to call it next.
    var wakeAt = Duration.zero
    /// `nil` until it speaks; a leg never goes back from counting.
    private(set) var mode: ListeningMode?
    private var heard = HeardEcho()
    private var received = ReceivedStreams()
    private var sent = LegCount()
    private let plan: LegPlan
    private var random = SystemRandomNumberGenerator()
    private var nextReport: Duration?
    private var nextEstimate: Duration?
    private var sending: Sending?
    private var camera: CameraStream?
    private var statistics = SenderStatistics(clockRate: 48_000)

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
        switch plan.network {
        case .browser(let local, let answer, let certificate):
            connection = try BrowserConnection(local: local, answer: answer, certificate: certificate, established: plan.established, now: now)
        case .plain(let localPort, let remote):
            connection = try PlainConnection(localPort: localPort, remote: remote, established: plan.established, now: now)
        }
    }

    /// Everything since the last `speak`.
    var record: LegRecord {
        var count = sent
        (count.heard, count.heardVoiced, count.seen) = (received.heard, received.heardVoiced, received.seen)
        return LegRecord(heard: heard, count: count, arrivals: received.arrivals, firstKey: received.firstKey)
    }

    // MARK: Time

    /// When `handleDeadline` is to be called next.
    var deadline: Duration {
        var first = connection.deadline
        if let next = sending?.next { first = min(first, next) }
        if let next = camera?.next { first = min(first, next) }
        if let nextReport { first = min(first, nextReport) }
        if let nextEstimate { first = min(first, nextEstimate) }
        return first
    }

    func handleDeadline(now: Duration) {
        connection.handleDeadline(now: now)
        while let next = sending?.next, next <= now { sendFrame() }
        while let next = camera?.next, next <= now { sendPicture() }
        if let nextReport, nextReport <= now { report(now: now) }
        if let nextEstimate, nextEstimate <= now { sendEstimate(now: now) }
    }

    // MARK: What comes

    /// - Parameter age: how long the datagram lay in the socket.
    func receive(_ datagram: inout [UInt8], age: Duration, now: Duration) {
        switch connection.receive(&datagram, now: now) {
        case .rtp: receiveRTP(datagram, age: age, now: now)
        case .rtcp: receiveRTCP(datagram, now: now)
        case .stun, .dtls, .unknown: break
        }
    }

    private func receiveRTP(_ packet: [UInt8], age: Duration, now: Duration) {
        guard let header = RTPHeader(packet.span) else { return }
        switch header.payloadType {
        case StaticPayloadType.pcmu.rawValue: heard.add(packet[header.payload], timestamp: header.timestamp, at: now)
        case BrowserOffer.opus: received.hear(packet, header, isRecording: mode == .recording, now: now - age)
        case BrowserOffer.vp8:
            if nextEstimate == nil { nextEstimate = now }
            if received.see(packet, header, now: now) { requestPicture(of: header.ssrc) }
        default: break
        }
    }

    private func receiveRTCP(_ packet: [UInt8], now: Duration) {
        var cursor = RTCPCursor()
        while let next = cursor.next(in: packet.span) {
            switch next {
            case .senderReport(let info, _): received.receive(info, now: now)
            case .pictureLoss(_, let media) where media == plan.cameraSSRC: pictureIsAsked()
            case .fullIntra(_, let entries): entries.forEach(in: packet.span) { if $0.ssrc == plan.cameraSSRC { pictureIsAsked() } }
            case .missing(_, let media, _) where media == plan.cameraSSRC: sent.missingRequests += 1
            default: break
            }
        }
    }

    private func pictureIsAsked() {
        sent.pictureRequests += 1
        camera?.pacing.requestKey()
    }

    // MARK: Audio out

    /// Speaks from `first` on, a packet every 20 ms, from the loop's frame `position`; without a loop it only listens.
    func speak(_ audio: OpusLoop?, from first: Duration, position: Int, mode: ListeningMode) {
        self.mode = mode
        heard = HeardEcho(keepingAudio: mode == .recording)
        received.restart()
        sent = LegCount()
        guard let audio else { return }
        let before = sending
        sending = Sending(
            audio: audio, next: first, position: position, sequenceNumber: before?.sequenceNumber ?? random.next(),
            timestamp: before?.timestamp ?? random.next())
        nextReport = first + Self.reportInterval
    }

    private func sendFrame() {
        guard var sending else { return }
        let frame = sending.audio.frames[sending.position % sending.audio.frames.count]
        let now = MonotonicClock.now()
        connection.sendRTP { bytes in
            RTPHeader.write(
                payloadType: BrowserOffer.opus, marker: false, sequenceNumber: sending.sequenceNumber, timestamp: sending.timestamp, ssrc: plan.ssrc,
                extensions: extensions(level: frame.level), to: &bytes)
            if sending.audio.isNumbered {
                NumberedOpus.append(frame.payload, number: sending.position, to: &bytes)
            } else {
                bytes.append(contentsOf: frame.payload)
            }
        }
        heard.noteSent(position: sending.position, at: now)
        sent.sent += 1
        if sending.audio.isNumbered { sent.sentVoiced += 1 }
        statistics.send(payloadLength: frame.payload.count, timestamp: sending.timestamp, now: now)
        sending.position += 1
        sending.sequenceNumber &+= 1
        sending.timestamp &+= 960
        sending.next += Self.frame
        self.sending = sending
    }

    private func extensions(level: RTP.AudioLevel) -> RTPOutgoingExtensions? {
        guard case .browser = plan.network else { return nil }
        return RTPOutgoingExtensions(
            mid: .init(id: BrowserOffer.midID, bytes: Array(BrowserOffer.microphone.utf8)), audioLevel: (BrowserOffer.audioLevelID, level))
    }

    // MARK: Video out

    /// Switches the camera on or off.
    func film(from first: Duration?) {
        guard let first else { return camera = nil }
        guard camera == nil, let ssrc = plan.cameraSSRC else { return }
        camera = CameraStream(ssrc: ssrc, first: first, random: &random)
    }

    private func sendPicture() {
        guard var camera else { return }
        // The camera's own time: pictures that are made up for would else be one picture.
        let taken = camera.next
        camera.next += CameraPacing.interval
        if let frame = camera.pacing.next(now: taken) {
            for index in 0..<frame.packetCount {
                connection.sendRTP { camera.append(index, of: frame, taken: taken, to: &$0) }
                sent.cameraSent += 1
            }
        }
        self.camera = camera
    }

    // MARK: Reports

    private func report(now: Duration) {
        nextReport = now + Self.reportInterval
        let ntp = NTPTimestamp(unixNanoseconds: MonotonicClock.wallClockNanoseconds())
        guard let info = statistics.senderInfo(ssrc: plan.ssrc, ntp: ntp, now: now) else { return }
        let (blocks, _) = received.report(now: now)
        let pictures = camera.flatMap { $0.statistics.senderInfo(ssrc: $0.ssrc, ntp: ntp, now: now) }
        connection.sendRTCP { bytes in
            RTCPWriter.appendSenderReport(info, blocks: blocks, to: &bytes)
            if let pictures { RTCPWriter.appendSenderReport(pictures, to: &bytes) }
            RTCPWriter.appendCanonicalName(Array("bench".utf8), of: plan.ssrc, to: &bytes)
        }
    }

    private func sendEstimate(now: Duration) {
        nextEstimate = now + Self.estimateInterval
        let (blocks, video) = received.report(now: now)
        sendFeedback(blocks) { RTCPWriter.appendReceiverEstimate(bitsPerSecond: Self.estimate, sources: video, sender: plan.ssrc, to: &$0) }
    }

    private func requestPicture(of source: UInt32) {
        sendFeedback([]) { RTCPWriter.appendPictureLoss(sender: plan.ssrc, media: source, to: &$0) }
    }

    private func sendFeedback(_ blocks: [RTCPReportBlock], _ append: (inout [UInt8]) -> Void) {
        connection.sendRTCP { bytes in
            RTCPWriter.appendReceiverReport(sender: plan.ssrc, blocks: blocks, to: &bytes)
            RTCPWriter.appendCanonicalName(Array("bench".utf8), of: plan.ssrc, to: &bytes)
            append(&bytes)
        }
    }
}

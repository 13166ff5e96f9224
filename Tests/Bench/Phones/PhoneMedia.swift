import ICE
import Linux
import Media
import RTP

/// The sound of a phone that is up: a numbered packet every 20 ms, and PCMU in.
final class PhoneMedia {
    private static let frame = Duration.milliseconds(20)

    let socket: UDPSocket
    /// Taken so that the far end's reports arrive; they are not read.
    private let controlSocket: UDPSocket
    private let remote: SocketAddress
    private let audio: NumberedAudio
    private let ssrc: UInt32
    private var number = 0
    private var bytes: [UInt8] = []
    /// When the next packet is to go.
    private(set) var next: Duration
    private(set) var heard: HeardEcho

    private init(_ sockets: (UDPSocket, UDPSocket), remote: SocketAddress, plan: PhonePlan, now: Duration) {
        (socket, controlSocket) = sockets
        self.remote = remote
        audio = plan.audio
        ssrc = .random(in: 1 ... .max)
        next = now
        heard = HeardEcho(keepingAudio: plan.mode == .recording)
        bytes.reserveCapacity(RTPHeader.fixedLength + NumberedAudio.frameLength)
    }

    /// Takes ports and reads the offer.
    /// - Returns: the media, from which the first packet is due at `now`, and the answer.
    static func answer(_ offer: [UInt8], plan: PhonePlan, now: Duration) throws -> (PhoneMedia, sdp: String) {
        let sockets = try ports()
        let address = sockets.0.localAddress
        let local = TransportAddress(ipv4: UInt32(truncatingIfNeeded: address.low), port: address.port)
        var negotiation = TelephoneNegotiation(local: local, codecs: [.pcmu], sessionID: .random(in: .min ... .max))
        let (sdp, media) = try negotiation.answer(offer: offer)
        guard let remote = media.remote else { throw BenchError("the INVITE's offer has no address for sound") }
        let destination = SocketAddress(ipv4: remote.ipv4, port: remote.port)
        return (PhoneMedia(sockets, remote: destination, plan: plan, now: now), sdp)
    }

    /// Two neighbouring ports: RTCP is expected one above RTP (RFC 3550 section 11).
    private static func ports() throws -> (UDPSocket, UDPSocket) {
        for _ in 0..<50 {
            let first = try UDPSocket(bind: SocketAddress(ipv4: 0x7F00_0001, port: 0))
            let address = SocketAddress(ipv4: 0x7F00_0001, port: first.localAddress.port &+ 1)
            if address.port > 1, let second = try? UDPSocket(bind: address) { return (first, second) }
        }
        throw BenchError("no two neighbouring ports are free")
    }

    func send(now: Duration) {
        bytes.removeAll(keepingCapacity: true)
        RTPHeader.write(
            payloadType: StaticPayloadType.pcmu.rawValue, marker: number == 0, sequenceNumber: UInt16(truncatingIfNeeded: number),
            timestamp: UInt32(truncatingIfNeeded: number * NumberedAudio.frameLength), ssrc: ssrc, to: &bytes)
        audio.append(number, to: &bytes)
        heard.noteSent(position: number, at: MonotonicClock.now())
        _ = socket.send(bytes, 0..<bytes.count, to: remote)
        number += 1
        next += Self.frame
    }

    func receive(_ datagram: [UInt8], now: Duration) {
        guard let header = RTPHeader(datagram.span), header.payloadType == StaticPayloadType.pcmu.rawValue else { return }
        heard.add(datagram[header.payload], timestamp: header.timestamp, at: now)
    }
}

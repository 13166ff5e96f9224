import ICE
import Media
import RTP

/// A browser's end of one media connection without a socket or a clock: offers, checks, shakes hands, speaks and hears.
public final class VirtualBrowser {
    /// One packet that it heard.
    public struct Heard {
        public var header: RTPHeader
        public var payload: [UInt8]
        public var time: Duration
    }

    /// What it offers its microphone as.
    public static let opus: UInt8 = 111

    /// Where it is, and where it sends to.
    public var path: TransportPath
    public private(set) var isUp = false
    /// Whether the bridge said close_notify.
    public private(set) var isClosed = false
    /// Compound RTCP packets that came.
    public private(set) var reports = 0
    public private(set) var answeredChecks = 0
    /// The mids of the sections in which the bridge may send, by the SSRC that the answer names.
    public private(set) var sections: [UInt32: String] = [:]
    /// The local ufrag of the bridge, as its answer says.
    public private(set) var remoteUfrag = ""
    public var hears: (Heard) -> Void = { _ in }
    /// What the bridge asks for and reports.
    public var isAsked: (_ packet: RTCPPacket, _ bytes: [UInt8]) -> Void = { _, _ in }
    /// What it offers of pictures; `nil`: nothing.
    public var video: VideoOffer?

    private let fingerprint: [UInt8]
    private let dtls: any DTLSTransport
    private let makeSRTP: (SRTPKeyingMaterial) -> (any SRTPTransform)?
    private(set) var srtp: (any SRTPTransform)?
    private let sessionID: UInt64
    private var ufrag = "vbrw"
    private var remotePassword = ""
    private var transaction: UInt64 = 0
    let ssrc: UInt32
    private var outgoing: [[UInt8]] = []
    private var hasBegun = false
    /// The mids of the sections, as they were first offered.
    private var order: [String] = []

    /// - Parameters:
    ///   - number: tells browsers apart: address, session id and SSRC follow from it.
    ///   - fingerprint: SHA-256 of the certificate behind `dtls`.
    ///   - dtls: a client.
    public init(
        number: UInt16, fingerprint: [UInt8], dtls: any DTLSTransport, makeSRTP: @escaping (SRTPKeyingMaterial) -> (any SRTPTransform)?
    ) {
        path = TransportPath(
            local: TransportAddress(ipv4: 0xC000_0201, port: 7_001), remote: TransportAddress(ipv4: 0xCB00_7100, port: 10_000 &+ number))
        self.fingerprint = fingerprint
        self.dtls = dtls
        self.makeSRTP = makeSRTP
        sessionID = 4_000_000_000_000 + UInt64(number)
        ssrc = 0xB0_0000 + UInt32(number)
    }

    /// A browser for a `PlainToolbox`.
    public convenience init(plain number: UInt16) {
        let fingerprint = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 32)
        self.init(number: number, fingerprint: fingerprint, dtls: PlainDTLS(.client, fingerprint: fingerprint)) { _ in PlainSRTP() }
    }

    // MARK: Negotiation

    /// An offer of a microphone and of `phones` sections for phones.
    ///
    /// - Parameter restart: any other number than before asks for an ICE restart.
    public func offer(phones: Int = 1, restart: Int = 0) -> String {
        ufrag = "vbrw\(restart)"
        var offered = (0...phones).map { audioSection("\($0)") }
        if let video { offered += video.sections(transport: transportLines, ssrc: ssrc) }
        // What was offered once keeps its place, and what is new comes after it (RFC 8829 section 5.2.2).
        for section in offered where !order.contains(section.mid) { order.append(section.mid) }
        let sections = order.compactMap { mid in offered.first { $0.mid == mid } }
        let head = [
            "v=0", "o=- \(sessionID) 2 IN IP4 127.0.0.1", "s=-", "t=0 0",
            "a=group:BUNDLE \(sections.map(\.mid).joined(separator: " "))",
        ]
        return (head + sections.flatMap(\.lines)).map { $0 + "\r\n" }.joined()
    }

    private func audioSection(_ mid: String) -> (mid: String, lines: [String]) {
        let lines = ["m=audio 9 UDP/TLS/RTP/SAVPF \(Self.opus) 0 8"] + transportLines
        return (
            mid,
            lines + [
                "a=mid:\(mid)", "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level", mid == "0" ? "a=sendrecv" : "a=recvonly",
                "a=rtcp-mux", "a=rtpmap:\(Self.opus) opus/48000/2", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
            ]
        )
    }

    private var transportLines: [String] {
        let digits = fingerprint.map { byte in
            let text = String(byte, radix: 16, uppercase: true)
            return text.count == 1 ? "0" + text : text
        }
        return [
            "c=IN IP4 0.0.0.0", "a=ice-ufrag:\(ufrag)", "a=ice-pwd:virtualbrowserpassword0",
            "a=fingerprint:sha-256 \(digits.joined(separator: ":"))", "a=setup:actpass",
        ]
    }

    /// Reads what it needs of the answer.
    public func accept(_ answer: String) {
        var mid = ""
        for line in answer.split(whereSeparator: \.isNewline) {
            if let value = line.value(of: "a=ice-ufrag:") { remoteUfrag = value }
            if let value = line.value(of: "a=ice-pwd:") { remotePassword = value }
            if let value = line.value(of: "a=mid:") { mid = value }
            if let value = line.value(of: "a=ssrc:"), let number = value.split(separator: " ").first.flatMap({ UInt32($0) }) {
                sections[number] = mid
            }
        }
    }

    // MARK: Out

    /// A connectivity check, which nominates its path.
    public func check() -> [UInt8] {
        transaction += 1
        var bytes: [UInt8] = []
        STUNBindingRequest(
            transactionID: STUNTransactionID(high: ssrc, low: transaction), username: "\(remoteUfrag):\(ufrag)", priority: 0x6E00_01FF,
            role: .controlling(tieBreaker: 1), isNominating: true
        ).append(key: STUNIntegrityKey(password: remotePassword), to: &bytes)
        return bytes
    }

    /// One packet of the microphone, protected; `nil` before there are keys.
    public func speak(_ payload: [UInt8], index: Int, payloadType: UInt8 = opus, level: UInt8? = 20) -> [UInt8]? {
        var packet: [UInt8] = []
        let ticks = payloadType == Self.opus ? 960 : 160
        RTPHeader.write(
            payloadType: payloadType, marker: index == 0, sequenceNumber: 60_000 &+ UInt16(truncatingIfNeeded: index),
            timestamp: (.max - 500_000) &+ UInt32(truncatingIfNeeded: ticks * index), ssrc: ssrc,
            extensions: level.map { RTPOutgoingExtensions(audioLevel: (1, RTP.AudioLevel(attenuation: $0, isVoice: true))) }, to: &packet)
        packet += payload
        return protect(packet)
    }

    /// Any packet at all, protected as its own; `nil` before there are keys.
    public func protect(_ packet: [UInt8]) -> [UInt8]? {
        guard let srtp else { return nil }
        var packet = packet
        return srtp.protectRTP(&packet, from: 0) ? packet : nil
    }

    /// A sender report, protected.
    public func report() -> [UInt8]? {
        guard let srtp else { return nil }
        var packet: [UInt8] = []
        RTCPWriter.appendReceiverReport(sender: ssrc, to: &packet)
        RTCPWriter.appendCanonicalName(Array("virtual".utf8), of: ssrc, to: &packet)
        return srtp.protectRTCP(&packet, from: 0) ? packet : nil
    }

    /// Says close_notify.
    public func close() {
        dtls.close()
        collect()
    }

    /// What waits to be sent.
    public func takeOutgoing() -> [[UInt8]] {
        defer { outgoing = [] }
        return outgoing
    }

    // MARK: In

    public func receive(_ datagram: [UInt8], now: Duration) {
        var datagram = datagram
        switch DatagramKind(datagram.span) {
        case .stun:
            guard let message = try? STUNMessage(datagram.span), message.kind == .success,
                message.isAuthentic(in: datagram.span, key: STUNIntegrityKey(password: remotePassword))
            else { return }
            answeredChecks += 1
            if !hasBegun {
                hasBegun = true
                note(dtls.handleDeadline(now: now))
            }
        case .dtls: note(dtls.receive(datagram, now: now))
        case .rtp:
            guard let srtp, srtp.unprotectRTP(&datagram) == .accepted, let header = RTPHeader(datagram.span) else { return }
            hears(Heard(header: header, payload: Array(datagram[header.payload]), time: now))
        case .rtcp:
            guard let srtp, srtp.unprotectRTCP(&datagram) == .accepted else { return }
            reports += 1
            var cursor = RTCPCursor()
            while let packet = cursor.next(in: datagram.span) { isAsked(packet, datagram) }
        case .unknown: return
        }
    }

    private func note(_ progress: DTLSProgress) {
        collect()
        switch progress {
        case .established(let material, _):
            srtp = makeSRTP(material)
            isUp = srtp != nil
        case .closed: isClosed = true
        case .pending, .failed: break
        }
    }

    private func collect() {
        var datagram: [UInt8] = []
        while dtls.takeDatagram(into: &datagram) {
            outgoing.append(datagram)
            datagram = []
        }
    }
}

extension Substring {
    fileprivate func value(of name: String) -> String? { hasPrefix(name) ? String(dropFirst(name.count)) : nil }
}

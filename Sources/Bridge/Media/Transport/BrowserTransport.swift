import ICE
import RTP

/// The connection of one RTCPeerConnection: ICE, DTLS and SRTP on one five-tuple. Sans-IO.
///
/// The server is ICE-lite and DTLS passive: nothing is sent to an address that has not proven itself by a STUN check
/// with our password, and the handshake is fed only from such an address.
final class BrowserTransport {
    /// What one datagram came to.
    enum Arrival: Equatable {
        /// Handled here, or not worth an answer.
        case nothing
        /// A valid check on a path that is new, or that pushed out an old one, or that ended an ICE restart.
        case checked(PathNews)
        /// The datagram is now a plain RTP packet.
        case rtp
        /// The datagram is now a plain compound RTCP packet.
        case rtcp
        /// The handshake is complete and the certificate is the one that the offer promised.
        case established
        /// The browser said close_notify.
        case closed
        /// Over, by a fault or an attack: the reason is for the log.
        case failed(String)
    }

    /// The `o=` session id of the offer that this connection began with.
    let sessionID: String
    /// Our credentials; others after an ICE restart.
    private(set) var local: ICECredentials
    private var agent: ICELiteAgent
    private let dtls: any DTLSTransport
    private let toolbox: any MediaToolbox
    private let remoteFingerprint: [UInt8]
    private(set) var srtp: (any SRTPTransform)?
    /// Where we send: the nominated path, before nomination the first proven one.
    private(set) var path: TransportPath?
    /// When the browser was last heard by a valid STUN check; `nil` before the first.
    private(set) var lastCheck: Duration?
    /// The local ufrag of the run before an ICE restart, while its checks still count.
    private var oldUfrag: String?
    private var isOver = false

    init?(sessionID: String, local: ICECredentials, remoteUfrag: String, fingerprint: [UInt8], toolbox: any MediaToolbox, now: Duration) {
        guard let dtls = toolbox.makeDTLS() else { return nil }
        self.sessionID = sessionID
        self.local = local
        self.dtls = dtls
        self.toolbox = toolbox
        remoteFingerprint = fingerprint
        agent = ICELiteAgent(local: local, remoteUfrag: remoteUfrag, now: now)
    }

    /// New credentials on the same association (RFC 8445 section 2.4): media flows on over the old path until a check proves a new one.
    ///
    /// - Returns: the ufrag of a run that an unfinished restart had left over; nobody asks for it any more.
    func restartICE(local: ICECredentials, remoteUfrag: String) -> String? {
        let forgotten = oldUfrag
        oldUfrag = self.local.ufrag
        self.local = local
        agent.restart(local: local, remoteUfrag: remoteUfrag)
        return forgotten
    }

    /// Every local ufrag by which checks find this connection.
    var ufrags: [String] { [local.ufrag] + (oldUfrag.map { [$0] } ?? []) }

    var isEstablished: Bool { srtp != nil && !isOver }

    /// Takes a datagram, in place; media is decrypted where it lies.
    func receive(_ datagram: inout [UInt8], on path: TransportPath, now: Duration, into batch: inout PacketBatch) -> Arrival {
        switch DatagramKind(datagram.span) {
        case .stun: return receiveSTUN(datagram, on: path, now: now, into: &batch)
        case .dtls: return receiveDTLS(datagram, on: path, now: now, into: &batch)
        case .rtp:
            guard let srtp, !isOver, srtp.unprotectRTP(&datagram) == .accepted else { return .nothing }
            return .rtp
        case .rtcp:
            guard let srtp, !isOver, srtp.unprotectRTCP(&datagram) == .accepted else { return .nothing }
            return .rtcp
        case .unknown: return .nothing
        }
    }

    private func receiveSTUN(_ datagram: [UInt8], on path: TransportPath, now: Duration, into batch: inout PacketBatch) -> Arrival {
        var outcome = ICEOutcome.ignored(.expired)
        batch.append(on: path) { arena, start in
            outcome = agent.receive(datagram.span, on: path, now: now, response: &arena)
            return arena.count > start
        }
        guard case .responded(let update) = outcome else { return .nothing }
        lastCheck = now
        self.path = agent.selectedPath
        var news = PathNews(learned: update.isNewPath ? path : nil, forgotten: update.forgotten)
        if let oldUfrag, agent.previousLocalUfrag == nil {
            news.forgottenUfrag = oldUfrag
            self.oldUfrag = nil
        }
        return news == PathNews() ? .nothing : .checked(news)
    }

    private func receiveDTLS(_ datagram: [UInt8], on path: TransportPath, now: Duration, into batch: inout PacketBatch) -> Arrival {
        guard self.path != nil, !isOver, agent.isValidated(path) else { return .nothing }
        return progress(dtls.receive(datagram, now: now), into: &batch)
    }

    /// Sends a lost handshake flight again, or gives up a browser that has not been heard for 15 s (RFC 7675 section 5.1).
    func handleDeadline(now: Duration, into batch: inout PacketBatch) -> Arrival {
        guard !isOver else { return .nothing }
        if let reason = agent.handleDeadline(now: now) {
            isOver = true
            return .failed(reason == .consent ? "no STUN check for 15 s" : "no first STUN check within 15 s")
        }
        guard let deadline = dtls.deadline, deadline <= now else { return .nothing }
        return progress(dtls.handleDeadline(now: now), into: &batch)
    }

    /// Says close_notify.
    func close(into batch: inout PacketBatch) {
        guard !isOver else { return }
        isOver = true
        dtls.close()
        flushDTLS(into: &batch)
    }

    private func progress(_ progress: DTLSProgress, into batch: inout PacketBatch) -> Arrival {
        flushDTLS(into: &batch)
        switch progress {
        case .pending: return .nothing
        case .closed:
            isOver = true
            return .closed
        case .failed(let reason):
            isOver = true
            return .failed(reason)
        case .established(let material, let fingerprint):
            // The handshake proves possession of a key; the offer, which came over the signalling, says whose (RFC 8122).
            guard fingerprint == remoteFingerprint else {
                close(into: &batch)
                return .failed("certificate does not match the offer")
            }
            guard let srtp = toolbox.makeSRTP(material) else {
                close(into: &batch)
                return .failed("SRTP could not be set up")
            }
            self.srtp = srtp
            return .established
        }
    }

    private func flushDTLS(into batch: inout PacketBatch) {
        guard let path else { return }
        var more = true
        while more {
            more = false
            batch.append(on: path) { arena, _ in
                more = dtls.takeDatagram(into: &arena)
                return more
            }
        }
    }

    /// Sends one RTP packet, protected; `build` appends it to the arena.
    func send(into batch: inout PacketBatch, _ build: (inout [UInt8]) -> Void) {
        guard let path, let srtp, !isOver else { return }
        batch.append(on: path) { arena, start in
            build(&arena)
            return srtp.protectRTP(&arena, from: start)
        }
    }

    /// Sends one compound RTCP packet, protected.
    func sendRTCP(into batch: inout PacketBatch, _ build: (inout [UInt8]) -> Void) {
        guard let path, let srtp, !isOver else { return }
        batch.append(on: path) { arena, start in
            build(&arena)
            return srtp.protectRTCP(&arena, from: start)
        }
    }
}

/// What a STUN check taught about the paths of a connection.
struct PathNews: Equatable {
    /// What comes from there is this browser's from now on.
    var learned: TransportPath?
    /// A path that was quiet longest and had to go.
    var forgotten: TransportPath?
    /// An ICE restart is complete: STUN with this local ufrag is for nobody any more.
    var forgottenUfrag: String?
}

import ICE
import RTP

extension RoomEngine {
    /// A datagram from a browser's side of the network, changed in place.
    public func receive(_ datagram: inout [UInt8], leg: LegID, on path: TransportPath, now: Duration, wallClock: Int64, into batch: inout PacketBatch)
    {
        guard let browser = browser(leg), let transport = browser.transport else { return }
        switch transport.receive(&datagram, on: path, now: now, into: &batch) {
        case .nothing: break
        case .checked(let news): learn(news, of: leg)
        case .rtp:
            guard let header = RTPHeader(datagram.span) else { return }
            if let picture = browser.picture(of: header, in: datagram, now: now) {
                spread(&datagram, header, of: picture, from: browser, now: now, into: &batch)
            } else if let said = browser.receiveRTP(datagram, header, now: now) {
                spread(datagram, said.header, codec: said.codec, of: browser, now: now, into: &batch)
            }
        case .rtcp:
            browser.receiveRTCP(datagram, now: now, wallClock: NTPTimestamp(unixNanoseconds: wallClock))
            answerFeedback(of: browser, now: now, into: &batch)
        case .established: events.append(.mediaUp(leg))
        case .closed: lose(browser, closed: true, into: &batch)
        case .failed(let reason): fail(browser, reason, into: &batch)
        }
    }

    /// A datagram that came to the RTP port of a phone, or to the RTCP port beside it.
    ///
    /// - Parameters:
    ///   - isControl: whether it came to the RTCP port.
    ///   - wallClock: nanoseconds since 1970 UTC.
    public func receive(
        _ datagram: [UInt8], phone leg: LegID, from remote: TransportAddress, isControl: Bool, now: Duration, wallClock: Int64,
        into batch: inout PacketBatch
    ) {
        guard let phone = phone(leg) else { return }
        switch DatagramKind(datagram.span) {
        case .rtp where !isControl:
            switch phone.receive(datagram, from: remote, now: now) {
            case .audio(let header, _) where phone.isMuted: for browser in browsers { browser.remove(header, from: leg) }
            case .audio(let header, let codec): spread(datagram, header, codec: codec, of: phone, now: now, into: &batch)
            case .removed(let header): for browser in browsers { browser.remove(header, from: leg) }
            case .nothing: break
            }
        case .rtcp:
            phone.receiveControl(datagram, from: remote, now: now, arrival: NTPTimestamp(unixNanoseconds: wallClock))
        case .rtp, .stun, .dtls, .unknown: break
        }
    }

    /// What a browser says: to every other browser as it is, to the phones by their mix.
    private func spread(
        _ packet: [UInt8], _ header: RTPHeader, codec: AudioCodec, of browser: BrowserLeg, now: Duration, into batch: inout PacketBatch
    ) {
        guard browsers.count > 1 else { return }
        if browser.isMuted || browser.microphone.isSilent(now: now) {
            // Muted, or a switched-off microphone: what comes after it begins anew, so that nobody takes for lost what was not sent.
            if browser.isSpread { for other in browsers where other !== browser { other.interrupt(browser.id) } }
            browser.isSpread = false
            return
        }
        browser.isSpread = true
        let isNews = audible.heard(browser.id, level: browser.microphone.level.dBov, now: now) {
            self.browser($0)?.microphone.level.dBov ?? .max
        }
        if isNews { assignSections() }
        guard audible.isAudible(browser.id) else { return }
        for other in browsers where other !== browser { other.forward(packet, header, from: browser.id, codec: codec, now: now, into: &batch) }
    }

    private func learn(_ news: PathNews, of leg: LegID) {
        if let path = news.learned { events.append(.addressLearned(leg, path.remote)) }
        if let path = news.forgotten { events.append(.addressForgotten(leg, path.remote)) }
        if let ufrag = news.forgottenUfrag { events.append(.ufragForgotten(ufrag)) }
    }

    private func fail(_ browser: BrowserLeg, _ reason: String, into batch: inout PacketBatch) {
        events.append(.transportFailed(browser.id, reason: reason))
        lose(browser, closed: false, into: &batch)
    }

    private func lose(_ browser: BrowserLeg, closed: Bool, into batch: inout PacketBatch) {
        guard let transport = browser.dropTransport() else { return }
        retire(transport, of: browser.id, into: &batch)
        events.append(.mediaDown(browser.id, closed: closed))
    }

    /// Retransmissions, reports, lost consent, the speaker display: about ten times a second.
    ///
    /// - Parameter wallClock: nanoseconds since 1970 UTC, for the NTP time of sender reports.
    public func housekeep(now: Duration, wallClock: Int64, into batch: inout PacketBatch) {
        for browser in browsers {
            guard let transport = browser.transport else { continue }
            switch transport.handleDeadline(now: now, into: &batch) {
            case .established: events.append(.mediaUp(browser.id))
            case .closed: lose(browser, closed: true, into: &batch)
            case .failed(let reason): fail(browser, reason, into: &batch)
            case .nothing, .checked, .rtp, .rtcp:
                browser.report(now: now, wallClock: NTPTimestamp(unixNanoseconds: wallClock), into: &batch)
            }
        }
        for phone in phones { phone.report(cname: cname, now: now, wallClock: NTPTimestamp(unixNanoseconds: wallClock), into: &batch) }
        housekeepVideo(now: now, into: &batch)
        updateSpeaking(now: now)
    }

    /// Above this a source counts as speaking, in −dBov.
    private static let speakingThreshold: UInt8 = 50

    private func updateSpeaking(now: Duration) {
        var loud: [(level: UInt8, leg: LegID)] = []
        for browser in browsers {
            if let last = browser.microphone.lastPacket, now - last > .milliseconds(100) { browser.microphone.level.decay() }
            if browser.microphone.level.dBov < Self.speakingThreshold { loud.append((browser.microphone.level.dBov, browser.id)) }
        }
        for phone in phones {
            if let last = phone.lastSaid, now - last > .milliseconds(100) { phone.level.decay() }
            if phone.level.dBov < Self.speakingThreshold { loud.append((phone.level.dBov, phone.id)) }
        }
        loud.sort { ($0.level, $0.leg) < ($1.level, $1.leg) }
        if speakers.update(loud.prefix(5).map(\.leg), now: now) { speakingChanged = true }
    }
}

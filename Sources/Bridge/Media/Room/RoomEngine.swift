import ICE
import RTP

/// The media of one room: forwards what it can, mixes what it must. Sans-IO; lives on one media thread.
///
/// Browsers and phones are legs. Datagrams and time come in; datagrams go into a `PacketBatch`, news into `takeEvents`.
/// Per packet there is no allocation in steady state, no lock and no hop to another thread.
public final class RoomEngine {
    /// Speakers that are mixed at a time: three, and a phone that is one of them itself and leaves itself out.
    package static let speakerLimit = 4

    let toolbox: any MediaToolbox
    var generator: any RandomNumberGenerator
    var browsers: [BrowserLeg] = []
    var phones: [PhoneLeg] = []
    var events: [RoomEvent] = []
    var narrowband = Mixer(frameLength: 160)
    var wideband = Mixer(frameLength: 320)
    var selection = SpeakerSelection<LegID>(limit: speakerLimit)
    /// Whose voices go to the other browsers.
    var audible = AudibleSources()
    var mixed: [Int16] = []
    var nextMix: Duration?
    /// The pictures that anybody would show.
    var shown: Set<VideoSourceID> = []
    /// When senders are told next how much they may send.
    var nextLimits = Duration.zero
    var speakers = SpeakerDisplay()
    var speakingChanged = false
    let cname: [UInt8]

    /// - Parameter generator: the room's randomness: ICE credentials, SSRCs, first numbers.
    public init(toolbox: any MediaToolbox, generator: any RandomNumberGenerator) {
        self.toolbox = toolbox
        var generator = generator
        cname = Array(String(UInt64.random(in: .min ... .max, using: &generator), radix: 36).utf8)
        self.generator = generator
    }

    // MARK: Browsers

    public func addBrowser(_ leg: LegID, now: Duration) {
        guard browser(leg) == nil else { return }
        browsers.append(BrowserLeg(id: leg, cname: cname, now: now))
        findPictures()
        assignSections()
    }

    /// Takes a browser out; its connection is closed with close_notify.
    public func removeBrowser(_ leg: LegID, into batch: inout PacketBatch) {
        guard let index = browsers.firstIndex(where: { $0.id == leg }) else { return }
        if let transport = browsers[index].dropTransport() { retire(transport, of: leg, into: &batch) }
        selection.remove(leg)
        browsers.remove(at: index)
        audible.remove(leg)
        findPictures()
        assignSections()
    }

    /// Answers an SDP offer of a browser.
    ///
    /// - Parameter candidates: our `candidate` attribute lines, the same for every leg of this thread.
    public func offer(_ leg: LegID, sdp: String, candidates: [String], now: Duration, into batch: inout PacketBatch) throws(OfferError) -> String {
        guard let browser = browser(leg) else { throw .unknownLeg }
        let result = try browser.offer(sdp, candidates: candidates, demand: demand(of: browser), toolbox: toolbox, now: now, generator: &generator)
        switch result.renewal {
        case .none: break
        case .replaced(let old):
            if let old {
                let wasUp = old.isEstablished
                retire(old, of: leg, into: &batch)
                // The new one has yet to come up: until then nobody is heard.
                if wasUp { events.append(.mediaDown(leg, closed: false)) }
            }
            if let transport = browser.transport { events.append(.transportOpened(leg, ufrag: transport.local.ufrag)) }
        case .restartedICE(let forgotten):
            if let forgotten { events.append(.ufragForgotten(forgotten)) }
            if let transport = browser.transport { events.append(.transportOpened(leg, ufrag: transport.local.ufrag)) }
        }
        // All of them: what it may send now is another than before.
        findPictures()
        assignSections()
        return result.answer
    }

    func retire(_ transport: BrowserTransport, of leg: LegID, into batch: inout PacketBatch) {
        transport.close(into: &batch)
        events += transport.ufrags.map { .transportClosed(leg, ufrag: $0) }
    }

    /// Nobody hears the leg any more, or everybody does again.
    public func setMuted(_ isMuted: Bool, _ leg: LegID) {
        browser(leg)?.isMuted = isMuted
        phone(leg)?.isMuted = isMuted
    }

    func browser(_ leg: LegID) -> BrowserLeg? { browsers.first { $0.id == leg } }

    /// When the browser was last heard by a valid STUN check; `nil` if never.
    public func mediaSeen(_ leg: LegID) -> Duration? { browser(leg)?.transport?.lastCheck }

    // MARK: Phones

    public func makeEcho() -> any FarEnd {
        EchoFarEnd(
            ssrc: .random(in: .min ... .max, using: &generator), firstSequence: .random(in: .min ... .max, using: &generator),
            firstTimestamp: .random(in: .min ... .max, using: &generator))
    }

    /// - Parameter speech: µ-law at 8 kHz.
    public func makeAnnouncement(speech: [UInt8], leadSilence: Duration, loop: Bool, limit: Duration) -> any FarEnd {
        AnnouncementFarEnd(
            speech: speech, leadSilence: Int(leadSilence.units(at: 8_000)), loop: loop, limit: Int(limit.units(at: 8_000)),
            ssrc: .random(in: .min ... .max, using: &generator), firstSequence: .random(in: .min ... .max, using: &generator),
            firstTimestamp: .random(in: .min ... .max, using: &generator))
    }

    /// Brings a phone into the room; it hears the mix from the next frame on.
    ///
    /// - Returns: `false` if its codec could not be opened.
    public func addPhone(_ leg: LegID, codec: AudioCodec, farEnd: any FarEnd, now: Duration) -> Bool {
        guard let encoder = toolbox.makeEncoder(codec) else { return false }
        let format = PayloadFormat(payloadType: codec.telephonePayloadType, codec: codec)
        add(PhoneLeg(id: leg, format: format, encoder: encoder, farSide: .internal(farEnd), generator: &generator), now: now)
        return true
    }

    /// Brings a real phone into the room, or takes what was newly agreed on with one that is there.
    ///
    /// - Parameters:
    ///   - local: our RTP port, and the address it is reached at.
    ///   - latches: whether its RTP may come from another address than its SDP named (see `RTPLatch`).
    ///   - isReoffered: whether it may be found elsewhere once more, since there was a new offer and answer in the call.
    /// - Returns: `false` if its codec could not be opened; nothing changed then.
    public func agree(
        on media: TelephoneMedia, phone leg: LegID, local: TransportAddress, latches: Bool, isReoffered: Bool, now: Duration
    ) -> Bool {
        let known = phone(leg)
        let encoder = known?.codec == media.format.codec ? nil : toolbox.makeEncoder(media.format.codec)
        guard let known else {
            guard let encoder else { return false }
            let peer = RTPPeer(local: local, media: media, latches: latches, now: now)
            add(PhoneLeg(id: leg, format: media.format, encoder: encoder, farSide: .rtp(peer), generator: &generator), now: now)
            return true
        }
        guard known.codec == media.format.codec || encoder != nil else { return false }
        known.agree(on: media, encoder: encoder, isReoffered: isReoffered, now: now)
        return true
    }

    private func add(_ phone: PhoneLeg, now: Duration) {
        phones.append(phone)
        if nextMix == nil { nextMix = now }
        assignSections()
    }

    func phone(_ leg: LegID) -> PhoneLeg? { phones.first { $0.id == leg } }

    /// Keys digits to a phone, after those that it is still being sent.
    public func press(_ keys: [TelephoneKey], phone leg: LegID) -> PhoneLeg.Keying { phone(leg)?.press(keys) ?? .notNegotiated }

    /// How well a real phone is heard, and hears; `nil` for any other leg.
    public func statistics(of leg: LegID) -> PhoneStatistics? { phone(leg)?.statistics }

    /// Takes a phone out of the room; a real one is told by RTCP.
    public func removePhone(_ leg: LegID, now: Duration, into batch: inout PacketBatch) {
        phone(leg)?.farewell(cname: cname, now: now, into: &batch)
        guard let index = phones.firstIndex(where: { $0.id == leg }) else { return }
        phones.remove(at: index)
        if phones.isEmpty {
            nextMix = nil
            for browser in browsers { browser.microphone.playouts.drop() }
        }
        if phones.count == 1 {
            // It speaks to no other phone any more: nobody decodes it, and its place in the mix is free.
            phones[0].playouts.drop()
            selection.remove(phones[0].id)
        }
        selection.remove(leg)
        assignSections()
    }

    /// Whether the room must be called every 20 ms.
    public var needsMixing: Bool { !phones.isEmpty }

    /// Whether what a browser sends is waited for: by another browser, or by a connection that is yet to come up.
    public var hurries: Bool { browsers.count > 1 || browsers.contains { $0.transport?.isEstablished != true } }

    // MARK: News

    public var hasEvents: Bool { !events.isEmpty }

    public func takeEvents() -> [RoomEvent] {
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    /// Who speaks now, loudest first; `nil` if nothing changed since the last call.
    public func takeSpeaking() -> [LegID]? {
        guard speakingChanged else { return nil }
        speakingChanged = false
        return speakers.shown
    }
}

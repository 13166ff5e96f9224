import RTP

extension RoomEngine {
    /// Frames that are made up for when the thread was late; beyond that time is skipped, not hurried after.
    private static let catchUp = 3

    /// Mixes and sends every frame that is due: called every 20 ms at the room's phase while `needsMixing`.
    public func mix(now: Duration, into batch: inout PacketBatch) {
        guard var next = nextMix else { return }
        if now - next > .milliseconds(20 * Self.catchUp) { next = now }
        while next <= now {
            // A frame that is made up for belongs to its own moment: two at one would look like a stall to the playouts.
            mixFrame(now: next, into: &batch)
            next += .milliseconds(20)
        }
        nextMix = next
    }

    private func mixFrame(now: Duration, into batch: inout PacketBatch) {
        claimLevels()
        if phones.contains(where: { $0.sampleRate == 8_000 }) { mixFrame(with: &narrowband, sampleRate: 8_000, now: now, into: &batch) }
        if phones.contains(where: { $0.sampleRate == 16_000 }) { mixFrame(with: &wideband, sampleRate: 16_000, now: now, into: &batch) }
        selection.select()
    }

    /// Who may speak, and how loud each claims to be. A phone alone speaks to no phone, so nobody decodes it.
    private func claimLevels() {
        for browser in browsers where browser.microphone.lastPacket != nil {
            selection.add(browser.id)
            selection.claim(AudioLevel(decibelsBelowOverload: browser.microphone.level.dBov), by: browser.id)
        }
        guard phones.count > 1 else { return }
        for phone in phones {
            selection.add(phone.id)
            selection.claim(AudioLevel(decibelsBelowOverload: phone.level.dBov), by: phone.id)
        }
    }

    private func mixFrame(with mixer: inout Mixer, sampleRate: Int, now: Duration, into batch: inout PacketBatch) {
        mixer.begin()
        for source in selection.candidates {
            let frame = pull(source, sampleRate: sampleRate, now: now)
            selection.heard(AudioLevel(of: frame), from: source)
            if !frame.isEmpty, selection.selected.contains(source) { mixer.add(frame) }
        }
        for phone in phones where phone.sampleRate == sampleRate {
            let own = selection.selected.contains(phone.id) ? phone.playouts.frame(sampleRate: sampleRate) : nil
            mixer.mix(without: own, into: &mixed)
            send(to: phone, now: now, into: &batch)
        }
    }

    private func pull(_ source: LegID, sampleRate: Int, now: Duration) -> [Int16] {
        if let browser = browser(source) {
            return browser.microphone.playouts.pull(codec: browser.microphone.codec, sampleRate: sampleRate, now: now, toolbox: toolbox)
        }
        guard let phone = phone(source) else { return [] }
        return phone.playouts.pull(codec: phone.saidCodec, sampleRate: sampleRate, now: now, toolbox: toolbox)
    }

    /// Sends the mix to a phone, and what the phone says to everybody who hears it.
    private func send(to phone: PhoneLeg, now: Duration, into batch: inout PacketBatch) {
        // Kept for after the exchange: until then the batch is the leg's to write to.
        var answer: (packet: [UInt8], header: RTPHeader)?
        let progress = phone.exchange(mixed, now: now, into: &batch) { answer = ($0, $1) }
        if let answer, !phone.isMuted { spread(answer.packet, answer.header, codec: phone.codec, of: phone, now: now, into: &batch) }
        if progress == .hungUp { events.append(.farEndHungUp(phone.id)) }
    }

    /// What a phone says: to every browser as it is, to the other phones by their mix.
    func spread(_ packet: [UInt8], _ header: RTPHeader, codec: AudioCodec, of phone: PhoneLeg, now: Duration, into batch: inout PacketBatch) {
        phone.lastSaid = now
        phone.playouts.insert(packet, header, now: now)
        phone.level.update(codec.level(of: packet.span.extracting(header.payload)))
        for browser in browsers { browser.forward(packet, header, from: phone.id, codec: codec, now: now, into: &batch) }
    }
}

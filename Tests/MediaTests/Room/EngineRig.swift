import ICE
import Media
import RTP
import VirtualBrowser
import VirtualNetwork

/// One room engine and its browsers on a perfect wire, in steps of 20 ms.
final class EngineRig {
    let engine: RoomEngine
    private(set) var now = Duration.zero
    private(set) var browsers: [LegID: VirtualBrowser] = [:]
    private(set) var events: [RoomEvent] = []
    private var voices: [LegID: Goertzel] = [:]
    /// What a browser claims its level to be, in −dBov.
    private var levels: [LegID: UInt8] = [:]
    /// Receive sections that each browser has offered.
    private(set) var offered: [LegID: Int] = [:]
    private var frame = 0
    private var batch = PacketBatch()
    private var elsewhere: [TransportAddress: [[UInt8]]] = [:]

    init(isLinear: Bool = true, seed: UInt64 = 1) {
        engine = RoomEngine(toolbox: PlainToolbox(isLinear: isLinear, conceals: 0), generator: SeededGenerator(seed: seed))
    }

    @discardableResult
    func connect(
        _ number: UInt32, phones: Int = 1, voice: Goertzel? = nil, level: UInt8 = 20, video: VideoOffer? = nil
    ) throws -> VirtualBrowser {
        let leg = LegID(number)
        let browser = VirtualBrowser(plain: UInt16(number))
        browser.video = video
        engine.addBrowser(leg, now: now)
        browsers[leg] = browser
        voices[leg] = voice
        levels[leg] = level
        offered[leg] = phones
        browser.accept(try engine.offer(leg, sdp: browser.offer(phones: phones), candidates: [], now: now, into: &batch))
        deliver(browser.check(), from: leg)
        return browser
    }

    func deliver(_ datagram: [UInt8], from leg: LegID) {
        guard let browser = browsers[leg] else { return }
        var datagram = datagram
        engine.receive(&datagram, leg: leg, on: browser.path, now: now, wallClock: 0, into: &batch)
        exchange()
    }

    func disconnect(_ number: UInt32) {
        let leg = LegID(number)
        engine.removeBrowser(leg, into: &batch)
        exchange()
        browsers[leg] = nil
        voices[leg] = nil
    }

    func mute(_ number: UInt32, _ isMuted: Bool) { engine.setMuted(isMuted, LegID(number)) }

    func claim(_ level: UInt8, _ number: UInt32) { levels[LegID(number)] = level }

    /// Offers more sections where more are asked for, as a page does.
    private func renegotiate() {
        for (leg, browser) in browsers {
            let plan = engine.sections(of: leg)
            let wanted = max(plan.audioSections, offered[leg] ?? 0)
            let videos = browser.video.map { max(plan.videoSections, $0.receives) } ?? 0
            guard wanted > offered[leg] ?? 0 || videos > browser.video?.receives ?? 0 else { continue }
            offered[leg] = wanted
            browser.video?.receives = videos
            guard let answer = try? engine.offer(leg, sdp: browser.offer(phones: wanted), candidates: [], now: now, into: &batch) else { continue }
            browser.accept(answer)
        }
    }

    func addPhone(_ number: UInt32, _ farEnd: any FarEnd) -> Bool {
        engine.addPhone(LegID(number), codec: .pcmu, farEnd: farEnd, now: now)
    }

    func agree(_ media: TelephoneMedia, _ leg: LegID, local: TransportAddress, isReoffered: Bool = false) -> Bool {
        engine.agree(on: media, phone: leg, local: local, latches: true, isReoffered: isReoffered, now: now)
    }

    /// A packet that comes to the RTP port of a phone.
    func phoneSays(_ packet: [UInt8], _ leg: LegID, from remote: TransportAddress) {
        engine.receive(packet, phone: leg, from: remote, isControl: false, now: now, wallClock: 0, into: &batch)
        exchange()
    }

    /// What has left for an address that is no browser's.
    func sent(to remote: TransportAddress) -> [[UInt8]] { elsewhere[remote] ?? [] }

    func removePhone(_ number: UInt32) { engine.removePhone(LegID(number), now: now, into: &batch) }

    func run(frames: Int) {
        for _ in 0..<frames {
            now += .milliseconds(20)
            renegotiate()
            for (leg, voice) in voices.sorted(by: { $0.key < $1.key }) {
                guard let packet = browsers[leg]?.speak(LinearEncoder.payload(voice.frame(frame)), index: frame, level: levels[leg]) else { continue }
                deliver(packet, from: leg)
            }
            frame += 1
            engine.mix(now: now, into: &batch)
            if frame % 5 == 0 {
                for leg in browsers.keys where frame % 100 == 0 { deliver(browsers[leg]?.check() ?? [], from: leg) }
                engine.housekeep(now: now, wallClock: 0, into: &batch)
            }
            exchange()
        }
    }

    /// Lets time pass, with nothing but housekeeping.
    func wait(milliseconds: Int) {
        for _ in 0..<milliseconds / 100 {
            now += .milliseconds(100)
            for (leg, browser) in browsers where now.components.attoseconds == 0 { deliver(browser.check(), from: leg) }
            renegotiate()
            engine.housekeep(now: now, wallClock: 0, into: &batch)
            exchange()
        }
    }

    func advance(milliseconds: Int) { now += .milliseconds(milliseconds) }

    /// Carries what both sides have to say, until neither has anything.
    private func exchange() {
        while !batch.isEmpty {
            let entries = batch.entries.map { ($0.path, Array(batch.bytes[$0.range])) }
            batch.removeAll()
            for (path, bytes) in entries {
                guard let (leg, browser) = browsers.first(where: { $0.value.path == path }) else {
                    elsewhere[path.remote, default: []].append(bytes)
                    continue
                }
                browser.receive(bytes, now: now)
                for var datagram in browser.takeOutgoing() { engine.receive(&datagram, leg: leg, on: path, now: now, wallClock: 0, into: &batch) }
            }
        }
        events += engine.takeEvents()
    }

    func takeEvents() -> [RoomEvent] {
        defer { events = [] }
        return events + engine.takeEvents()
    }
}

/// A phone that speaks a tone and remembers what it hears.
final class TonePhone: FarEnd {
    private let tone: Goertzel?
    private var frame: UInt16 = 0
    private(set) var heard: [Int16] = []
    private(set) var headers: [RTPHeader] = []

    init(_ tone: Goertzel?) { self.tone = tone }

    func exchange(_ packet: [UInt8], reply: inout [UInt8]) -> FarEndProgress {
        guard let header = RTPHeader(packet.span) else { return .hungUp }
        headers.append(header)
        heard += LinearDecoder.samples(of: Array(packet[header.payload]))
        guard let tone else { return .talking }
        RTPHeader.write(
            payloadType: 0, marker: frame == 0, sequenceNumber: frame, timestamp: 160 * UInt32(frame), ssrc: 0xF0 + UInt32(tone.frequency), to: &reply
        )
        reply += LinearEncoder.payload(tone.frame(Int(frame)))
        frame += 1
        return .talking
    }
}

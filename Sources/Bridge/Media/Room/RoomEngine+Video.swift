import RTP

extension RoomEngine {
    /// Pictures that one browser is sent at a time.
    public static let pictureLimit = 12
    /// No camera is asked to send less for one receiver's sake while others can take more: who cannot take even that is sent fewer pictures.
    private static let leastRate: UInt64 = 250_000
    /// A new slide must not crawl.
    private static let leastScreenRate: UInt64 = 500_000
    /// Below this there is nothing to be seen, whoever looks.
    private static let bareRate: UInt64 = 80_000
    /// Times that a sender is told that nothing limits it any more.
    private static let lifts = 5
    /// What a sender is allowed where nobody's path says less.
    private static let usualRate: UInt64 = 2_500_000

    /// A browser has switched its camera or its screen.
    public func setPictures(_ kinds: VideoSourceID.Kinds, of leg: LegID) {
        guard let browser = browser(leg), browser.switchedOn != kinds else { return }
        for picture in browser.pictures where !kinds.includes(picture.id.kind) { picture.rest() }
        browser.switchedOn = kinds
        findPictures()
        assignSections()
    }

    /// The page of a browser shows these pictures, most important first; `nil`: it does not say.
    public func setView(_ view: [VideoSourceID]?, of leg: LegID) {
        guard let browser = browser(leg), browser.view != view else { return }
        browser.view = view
        findPictures()
        assignSections()
    }

    /// Finds out whom each browser would show: whenever a browser came, went, negotiated, switched a picture or looked elsewhere.
    func findPictures() {
        for browser in browsers { browser.wanted = wantedPictures(of: browser) }
        shown = Set(browsers.flatMap(\.wanted))
    }

    /// The pictures that a browser would show, most important first: screens, then cameras in the order in which their browsers came.
    private func wantedPictures(of browser: BrowserLeg) -> [VideoSourceID] {
        var wanted: [VideoSourceID] = []
        if let view = browser.view {
            for id in view where id.leg != browser.id && !wanted.contains(id) {
                if self.browser(id.leg)?.films(id.kind) == true { wanted.append(id) }
            }
        } else {
            for kind in [VideoSourceID.Kind.screen, .camera] {
                for other in browsers where other !== browser && other.films(kind) {
                    wanted.append(VideoSourceID(leg: other.id, kind: kind))
                }
            }
        }
        return Array(wanted.prefix(Self.pictureLimit))
    }

    /// Which of its pictures anybody shows.
    func uploads(of browser: BrowserLeg) -> VideoSourceID.Kinds {
        var uploads: VideoSourceID.Kinds = []
        for kind in VideoSourceID.Kind.allCases where browser.switchedOn.includes(kind) {
            if shown.contains(VideoSourceID(leg: browser.id, kind: kind)) { uploads.insert(.init(kind)) }
        }
        return uploads
    }

    /// What a browser sends of a picture: as it is, to everybody who shows it.
    func spread(
        _ packet: inout [UInt8], _ header: RTPHeader, of picture: VideoSource, from browser: BrowserLeg, now: Duration, into batch: inout PacketBatch
    ) {
        if browser.switchedOn.includes(picture.id.kind), let seen = picture.receive(&packet, header, now: now) {
            var needsKeyframe = false
            for other in browsers where other !== browser {
                needsKeyframe = other.forward(packet, seen, of: picture.id, now: now, into: &batch) || needsKeyframe
            }
            if needsKeyframe { picture.askForKeyframe() }
        }
        if picture.hasRequests(now: now) { browser.request(of: picture, now: now, into: &batch) }
    }

    /// Does what a browser asked for by RTCP.
    func answerFeedback(of browser: BrowserLeg, now: Duration, into batch: inout PacketBatch) {
        guard !browser.feedback.isEmpty else { return }
        for request in browser.feedback {
            switch request {
            case .missing(let section, let numbers):
                guard browser.showing.indices.contains(section), let id = browser.showing[section].source, let picture = picture(id) else { continue }
                browser.sendAgain(numbers, section: section, of: picture, now: now, into: &batch)
            case .keyframe(let id):
                guard let picture = picture(id), let sender = self.browser(id.leg) else { continue }
                picture.askForKeyframe()
                sender.request(of: picture, now: now, into: &batch)
            }
        }
        browser.feedback.removeAll(keepingCapacity: true)
    }

    private func picture(_ id: VideoSourceID) -> VideoSource? { browser(id.leg)?.pictures.first { $0.id == id } }

    /// Requests that are due, what each path carries, and what each sender is allowed: at each housekeeping.
    func housekeepVideo(now: Duration, into batch: inout PacketBatch) {
        var hasChanged = false
        for browser in browsers where !browser.showing.isEmpty || !browser.pictures.isEmpty {
            for picture in browser.pictures { browser.request(of: picture, now: now, into: &batch) }
            let shown = browser.showing.count { $0.source != nil }
            if browser.budget.decide(
                shown: shown, wanted: browser.wanted.count, rate: browser.videoRate.bitsPerSecond(now: now), now: now)
            {
                hasChanged = true
            }
        }
        if hasChanged { assignSections() }
        // Less at once, since the voices wait behind what is too much; more once a second.
        guard nextLimits <= now || browsers.contains(where: \.budget.hasFallen) else { return }
        nextLimits = now + .seconds(1)
        for browser in browsers where !browser.switchedOn.isEmpty { limit(browser, now: now, into: &batch) }
        for browser in browsers { browser.budget.noticeFall() }
    }

    /// What one of the pictures on a path may take: its part of what is too much, or what it takes now and a part of what is free.
    private static func share(of path: UInt64, for rate: UInt64, among sent: UInt64, count: UInt64) -> UInt64 {
        let path = min(path, 1_000_000_000)
        if path >= sent { return rate &+ (path - sent) / max(count, 1) }
        return UInt64(Double(path) * Double(rate) / Double(max(sent, 1)))
    }

    /// Tells a sender the least that any of those who show its pictures can take, each in proportion to what it is sent.
    private func limit(_ browser: BrowserLeg, now: Duration, into batch: inout PacketBatch) {
        guard !browser.pictures.isEmpty else { return }
        var total: UInt64 = 0
        var isLimited = false
        let sends = browser.pictures.reduce(0) { $0 &+ $1.bitsPerSecond(now: now) }
        // Sent because it may not be more: what is said of that is worth something, however little it is.
        let isHeldBack = browser.allowed.map { sends >= $0 / 4 * 3 } ?? false
        for picture in browser.pictures where browser.switchedOn.includes(picture.id.kind) {
            let rate = picture.bitsPerSecond(now: now)
            var narrowest: UInt64?
            var widest: UInt64 = 0
            for other in browsers where other !== browser && other.showing.contains(where: { $0.source == picture.id }) {
                let sent = other.videoRate.bitsPerSecond(now: now)
                let count = UInt64(other.showing.count { $0.source != nil && !$0.awaitsKeyframe })
                // An estimate follows what is sent: of little it says nothing.
                guard let path = other.budget.bitsPerSecond(now: now), sent >= VideoBudget.smallRate * max(count, 1) || isHeldBack else {
                    widest = .max
                    continue
                }
                let share = Self.share(of: path, for: rate, among: sent, count: count)
                narrowest = min(narrowest ?? .max, share)
                widest = max(widest, share)
            }
            if narrowest != nil { isLimited = true }
            let least = max(min(picture.id.kind == .screen ? Self.leastScreenRate : Self.leastRate, widest), Self.bareRate)
            total &+= min(max(narrowest ?? Self.usualRate, least), Self.usualRate)
        }
        browser.allowed = isLimited ? total : nil
        if isLimited { browser.lifts = Self.lifts }
        guard browser.lifts > 0 else { return }
        browser.lifts -= 1
        browser.limit(total, of: browser.pictures.compactMap(\.ssrc), into: &batch)
    }
}

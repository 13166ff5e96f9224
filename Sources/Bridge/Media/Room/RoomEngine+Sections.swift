extension RoomEngine {
    /// Whom each browser should be able to hear at a time; there is always a section for the first of each kind, so that nobody waits
    /// for a negotiation.
    func demand(of browser: BrowserLeg) -> SectionDemand {
        SectionDemand(
            phones: max(phones.count, 1), browsers: min(max(browsers.count - 1, 1), AudibleSources.limit),
            videos: browser.wanted.count)
    }

    /// Gives every browser a section for each whom it should hear.
    func assignSections() {
        for browser in browsers { assignSections(of: browser) }
    }

    func assignSections(of browser: BrowserLeg) {
        browser.assign(phones.map(\.id), to: .phone)
        browser.assign(audible.sources.filter { $0 != browser.id }, to: .browserAudio)
        browser.show(Array(browser.wanted.prefix(browser.budget.limit ?? browser.wanted.count)))
        let plan = plan(of: browser)
        guard plan != browser.toldPlan else { return }
        browser.toldPlan = plan
        events.append(.sectionsChanged(browser.id))
    }

    /// What the page of a browser needs to know of its sections.
    public func sections(of leg: LegID) -> SectionPlan {
        guard let browser = browser(leg) else { return SectionPlan(audioSections: 2, sources: [:]) }
        return plan(of: browser)
    }

    private func plan(of browser: BrowserLeg) -> SectionPlan {
        var sources: [String: LegID] = [:]
        for section in browser.sending { sources[section.mid] = section.source }
        var pictures: [String: VideoSourceID] = [:]
        for section in browser.showing { pictures[section.mid] = section.source }
        let demand = demand(of: browser)
        return SectionPlan(
            audioSections: browser.receiveSections(for: demand), sources: sources, videoSections: browser.videoSections(for: demand),
            pictures: pictures, uploads: uploads(of: browser))
    }
}

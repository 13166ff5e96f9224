import Domain
import SIP

// Whether the trunks are there: each is asked by OPTIONS now and then, beside all calls.

extension PhoneDesk {
    /// Keeps the watch over each trunk that is where it was, and begins anew over the others.
    func replaceWatches(after old: [TrunkSetup], now: Duration) {
        let before = Dictionary(old.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var kept: [TrunkID: TrunkWatch] = [:]
        for trunk in trunks.all {
            let known = before[trunk.id]
            let isSame = known?.host == trunk.host && known?.port == trunk.port && known?.optionsInterval == trunk.optionsInterval
            kept[trunk.id] = isSame ? watches[trunk.id] : nil
            if kept[trunk.id] == nil {
                withdrawProbe(of: trunk.id)
                kept[trunk.id] = TrunkWatch(interval: trunk.optionsInterval.map { .seconds($0) }, now: now, random: &random)
            }
        }
        for gone in watches.keys where kept[gone] == nil { withdrawProbe(of: gone) }
        let interrupted = watches.filter { $0.value.isBusy && kept[$0.key] != $0.value }.keys
        watches = kept
        // Who waits for a test of a trunk that is elsewhere now is told so by its new state.
        output.checked += interrupted
        paces = paces.filter { trunks[$0.key] != nil }
    }

    var nextWatchDeadline: Duration? { watches.values.compactMap(\.deadline).min() }

    func isDown(_ id: TrunkID) -> Bool { watches[id]?.state == .down }

    /// How a trunk stands; `nil` if it is not set up.
    package func report(of id: TrunkID, now: Duration) -> TrunkReport? {
        guard trunks[id] != nil, let watch = watches[id] else { return nil }
        return TrunkReport(
            state: watch.state, since: watch.since, check: watch.last, calls: calls.linesInUse(of: id),
            callsInLastSecond: paces[id]?.count(now: now) ?? 0)
    }

    /// Asks a trunk now, unless it was asked a moment ago.
    /// - Returns: whether its answer is still to come; it is then among `Output.checked`.
    package func test(_ id: TrunkID, now: Duration, wall: Int64) -> Bool {
        if watches[id]?.mayTest(now: now) == true { ask(id, now: now, wall: wall) }
        return watches[id]?.isBusy == true
    }

    func serveWatches(now: Duration, wall: Int64) {
        for (id, watch) in watches {
            switch watch.due(now: now) {
            case .ask: ask(id, now: now, wall: wall)
            case .giveUp(let obstacle): fail(id, obstacle, now: now, wall: wall)
            case .nothing: break
            }
        }
    }

    /// There is news of host names.
    func goOnWithWatches(now: Duration, wall: Int64) {
        for (id, watch) in watches where watch.isLookingUp && trunks.resolution(of: id) != .pending {
            if case .addresses(let addresses) = trunks.resolution(of: id) {
                send(to: id, addresses, now: now, wall: wall)
            } else {
                fail(id, .noAddress, now: now, wall: wall)
            }
        }
    }

    func probed(_ probe: SessionID, _ end: ProbeEnd, now: Duration, wall: Int64) {
        guard let id = probes.removeValue(forKey: probe) else { return }
        switch end {
        case .answered(let status):
            let isNews = watches[id]?.answered(Int(status), now: now, wall: wall, random: &random) == true
            tell(of: id, isNews: isNews)
        case .timedOut: fail(id, .noAnswer, now: now, wall: wall)
        case .unreachable: fail(id, .unreachable, now: now, wall: wall)
        }
    }

    private func ask(_ id: TrunkID, now: Duration, wall: Int64) {
        if case .addresses(let addresses) = trunks.resolution(of: id) { return send(to: id, addresses, now: now, wall: wall) }
        watches[id]?.waitForName(now: now)
        guard trunks.resolution(of: id) != .pending else { return }
        if trunks.renew(id) {
            output.lookups.append(id)
        } else if case .addresses(let addresses) = trunks.resolution(of: id) {
            send(to: id, addresses, now: now, wall: wall)
        }
    }

    private func send(to id: TrunkID, _ addresses: [SIPAddress], now: Duration, wall: Int64) {
        guard let trunk = trunks[id], let watch = watches[id] else { return }
        watches[id]?.ask(now: now)
        // A name with several addresses is there if one of them is: each failure goes on to the next.
        guard !addresses.isEmpty else { return fail(id, .noAddress, now: now, wall: wall) }
        let nextHop = addresses[watch.failures % addresses.count]
        guard let local = localAddress(nextHop) else { return fail(id, .noRoute, now: now, wall: wall) }
        guard let probe = endpoint.probe(trunk.probe(nextHop: nextHop, local: local), now: now, random: &random) else {
            return fail(id, .notAsked, now: now, wall: wall)
        }
        probes[probe] = id
    }

    private func fail(_ id: TrunkID, _ obstacle: TrunkObstacle, now: Duration, wall: Int64) {
        withdrawProbe(of: id)
        let isNews = watches[id]?.fail(obstacle, now: now, wall: wall, random: &random) == true
        tell(of: id, isNews: isNews)
    }

    private func tell(of id: TrunkID, isNews: Bool) {
        output.checked.append(id)
        guard isNews, let watch = watches[id], let check = watch.last else { return }
        output.trunkNews.append((id, watch.state == .up ? .trunkUp(check) : .trunkDown(check), check.at))
    }

    private func withdrawProbe(of id: TrunkID) {
        for (probe, trunk) in probes where trunk == id {
            endpoint.withdraw(probe: probe)
            probes[probe] = nil
        }
    }
}

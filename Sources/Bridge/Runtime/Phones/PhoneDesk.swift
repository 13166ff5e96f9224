import Domain
import SIP

/// The telephone calls of a bridge: which trunk is tried, what is agreed on, how it ends. Sans-IO, above `SIPEndpoint`.
///
/// Rooms order, the endpoint reports, and both hear what follows. A call has one attempt at a time; an attempt has one INVITE, or one
/// for each phone of an extension. The driver carries out what `takeOutput` returns: the journal first, then the datagrams, then the news.
package final class PhoneDesk {
    /// What is to be written down before anything is sent.
    package enum JournalEntry: Equatable {
        /// Replaces what was kept under this number.
        case dialog(UInt64, trunk: TrunkID?, DialogSnapshot)
        case released(UInt64)
        /// Where an extension can be reached now, in the place of what was kept of it.
        case registered(extension: String, [BindingRecord])
    }

    package struct Output {
        package var journal: [JournalEntry] = []
        package var transmits: [SIPTransmit] = []
        package var news: [(call: CallID, room: RoomSlug, news: PhoneNews)] = []
        /// Names to look up.
        package var lookups: [TrunkID] = []
        /// Trunks that were asked, or could not be: who waits for that can be told.
        package var checked: [TrunkID] = []
        /// What is durable of it; at milliseconds since 1970 UTC.
        package var trunkNews: [(trunk: TrunkID, change: BridgeEvent.Change, at: Int64)] = []
    }

    let endpoint: SIPEndpoint
    /// The address of ours that a peer reaches us at: host and SIP port; `nil` if there is no way to it.
    let localAddress: (SIPAddress) -> SIPAddress?
    var random: any RandomNumberGenerator
    private var setup = BridgeSetup.none
    var trunks = TrunkDirectory()
    var calls = CallTable()
    var watches: [TrunkID: TrunkWatch] = [:]
    /// OPTIONS under way, and whom they ask.
    var probes: [SessionID: TrunkID] = [:]
    var paces: [TrunkID: CallPace] = [:]
    var output = Output()

    package init(endpoint: SIPEndpoint, random: any RandomNumberGenerator, localAddress: @escaping (SIPAddress) -> SIPAddress?) {
        self.endpoint = endpoint
        self.random = random
        self.localAddress = localAddress
    }

    /// Calls whose far end is not over yet.
    package var callCount: Int { calls.count }
    /// SIP calls that are up or cleaning up.
    package var sessionCount: Int { endpoint.sessionCount }
    package var counters: SIPCounters { endpoint.counters }

    /// The earliest of the endpoint's deadline, the first ring time-out, the end of our patience with a silent peer or a resolver, and the next
    /// question whether a trunk is there.
    package var nextDeadline: Duration? {
        let ring = calls.unanswered.map(\.ringEndsAt).min()
        let response = calls.unanswered.compactMap { $0.attempt?.responseDueAt }.min()
        let lookup = calls.unanswered.compactMap { $0.awaited?.until }.min()
        return [endpoint.nextDeadline, ring, response, lookup, nextWatchDeadline].compactMap { $0 }.min()
    }

    // MARK: Setup

    /// Takes trunks and extensions as the web side knows them; an older version changes nothing.
    package func configure(_ new: BridgeSetup, now: Duration, wall: Int64) {
        guard new.version >= setup.version else { return }
        let old = setup.trunks
        setup = new
        output.lookups += trunks.replace(with: new.trunks)
        replaceWatches(after: old, now: now)
        endpoint.setPeers(trunks.peers)
        // A web side that cannot read its books knows of no extension; those that are registered stay so until it can.
        if new.version > 0 {
            endpoint.setExtensions(
                Dictionary(
                    new.extensions.map { ($0.number, DigestSecret(md5: $0.md5HA1, sha256: $0.sha256HA1)) }, uniquingKeysWith: { first, _ in first }))
        }
        goOnWithWaiting(now: now, wall: wall)
        goOnWithWatches(now: now, wall: wall)
        drain(now: now, wall: wall)
    }

    /// Takes in where an extension could be reached before this process was started.
    package func restore(_ records: [BindingRecord], of number: String, now: Duration, wall: Int64) {
        endpoint.restore(records, of: number, now: now, wall: wall)
    }

    /// Where these extensions are registered, by their digits; those that are not are left out.
    package func contacts(of extensions: [String], now: Duration) -> [String: [RegisteredContact]] {
        var found: [String: [RegisteredContact]] = [:]
        for number in extensions {
            let bindings = endpoint.bindings(for: number, now: now)
            guard !bindings.isEmpty else { continue }
            found[number] = bindings.map {
                RegisteredContact(
                    address: $0.received.text, userAgent: $0.userAgent, expiresInSeconds: Int(max($0.expiry - now, .zero).components.seconds))
            }
        }
        return found
    }

    /// Whether any web process has told yet. One that cannot read its database has nothing to tell, and says so by version 0.
    package var setupIsKnown: Bool { setup.version > 0 }

    package var needsNetwork: Bool { !setup.trunks.isEmpty || !setup.extensions.isEmpty }

    /// Looks every name up again, as it is due now and then; the old addresses hold until the answer.
    package func refreshNames() { output.lookups += trunks.named }

    /// Where to look a trunk up: its host name and port.
    package func name(of id: TrunkID) -> (host: String, port: UInt16)? { trunks[id].map { ($0.host, $0.port) } }

    /// The answer to a lookup; empty if there is none.
    package func resolved(_ id: TrunkID, host: String, to addresses: [SIPAddress], now: Duration, wall: Int64) {
        guard trunks.take(addresses, of: id, host: host) else { return }
        endpoint.setPeers(trunks.peers)
        goOnWithWaiting(now: now, wall: wall)
        goOnWithWatches(now: now, wall: wall)
        drain(now: now, wall: wall)
    }

    // MARK: Orders of the rooms

    package func perform(_ order: PhoneOrder, now: Duration, wall: Int64) {
        switch order {
        case .place(let call):
            guard calls[call.call] == nil else { return }
            calls[call.call] = DeskCall(call, now: now)
            switch call.route {
            case .trunks: tryNext(call.call, now: now, wall: wall)
            case .registered(let number): ring(number, for: call.call, now: now, wall: wall)
            case .echo, .announcement:
                end(call.call, PhoneEnding(.internalError, by: .system, CallOutcome.internalError.sentence))
            }
        case .hangUp(let call):
            guard let desk = calls[call] else { break }
            calls[call] = nil
            letGo(desk, now: now)
        case .attended(let call, let isAttended): calls[call]?.isAttended = isAttended
        }
        drain(now: now, wall: wall)
    }

    /// Ends a call that a former process has left behind.
    ///
    /// - Parameter trunk: the trunk it went over, whose password a challenge may need.
    /// - Returns: the session whose release tells that it is done; `nil` for a snapshot that cannot be read.
    package func hangUp(orphan snapshot: DialogSnapshot, trunk: TrunkID?, now: Duration, wall: Int64) -> SessionID? {
        let digest = trunk.flatMap { trunks[$0] }?.digest
        let session = endpoint.hangUp(orphan: snapshot, digest: digest, now: now, random: &random)
        drain(now: now, wall: wall)
        return session
    }

    // MARK: The network and the time

    /// A datagram; `local` is the concrete address of ours that it came to.
    package func receive(_ datagram: Span<UInt8>, from source: SIPAddress, to local: SIPAddress, now: Duration, wall: Int64) {
        endpoint.receive(datagram, from: source, to: local, now: now, random: &random)
        drain(now: now, wall: wall)
    }

    /// The kernel says that nobody is there.
    package func failTransport(to destination: SIPAddress, now: Duration, wall: Int64) {
        endpoint.failTransport(to: destination, now: now, random: &random)
        drain(now: now, wall: wall)
    }

    package func handleDeadline(now: Duration, wall: Int64) {
        endpoint.handleDeadline(now: now, random: &random)
        drain(now: now, wall: wall)
        serveWatches(now: now, wall: wall)
        for (call, desk) in calls.all where desk.answered == nil {
            if desk.ringEndsAt <= now {
                stopRinging(call, desk, now: now, wall: wall)
            } else if let awaited = desk.awaited, awaited.until <= now {
                goOn(call, without: awaited.trunk, now: now, wall: wall)
            } else if let due = desk.attempt?.responseDueAt, due <= now {
                giveUpSilent(call, desk, now: now, wall: wall)
            }
        }
        drain(now: now, wall: wall)
    }

    // MARK: What the endpoint reports

    /// Handles what the endpoint tells until it is silent; what one event leads to may make it speak again.
    private func drain(now: Duration, wall: Int64) {
        while let event = endpoint.pollEvent() { handle(event, now: now, wall: wall) }
    }

    // Not inlined: the optimiser of Swift 6.3 ends in a fault over the two functions as one.
    @inline(never)
    private func handle(_ event: SIPEvent, now: Duration, wall: Int64) {
        switch event {
        case .dialog(let session, let snapshot): output.journal.append(.dialog(session.value, trunk: calls.trunk(of: session), snapshot))
        case .released(let session):
            calls.release(session)
            output.journal.append(.released(session.value))
        case .trying(let session):
            if let call = calls.call(of: session) { calls[call]?.attempt?.branches[session]?.responseDueAt = nil }
        case .progress(let session, let status, let body, _): progressed(session, status: status, body: body)
        case .answered(let session, let body): answered(session, body, now: now, wall: wall)
        case .offered(let session, let token, let body, let isUnchanged): offered(session, token, body, isUnchanged: isUnchanged, now: now)
        case .offerAnswered(let session, let body): if let body { accept(body, in: session) }
        case .ended(let session, let end): ended(session, end, now: now, wall: wall)
        case .registration(let change):
            let number = change.extension
            output.journal.append(.registered(extension: number, endpoint.records(of: number, now: now, wall: wall)))
        case .probed(let probe, let end): probed(probe, end, now: now, wall: wall)
        case .offerWithdrawn, .offerRefused: break
        }
    }

    // MARK: Telling

    func end(_ call: CallID, _ ending: PhoneEnding) {
        tell(call, .ended(ending))
        calls[call] = nil
    }

    func tell(_ call: CallID, _ news: PhoneNews) {
        guard let room = calls[call]?.order.room else { return }
        output.news.append((call, room, news))
    }

    /// What is to be done now. The journal first: a dialog that is written down before its INVITE leaves cannot be lost.
    package func takeOutput() -> Output {
        defer { output = Output() }
        output.transmits = endpoint.takeTransmits()
        return output
    }
}

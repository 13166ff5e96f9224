import Domain
import Linux
import Logging
import Media
import OpenSSLDTLS
import SIP
import Synchronization

/// All media threads of a bridge: sends each command to the thread of its room.
///
/// A room's thread follows from its name, so there is no table to keep and no moment at which a room has none.
final class MediaThreads: Sendable {
    private let threads: [MediaThread]
    private let phones: PhoneThread
    /// Which thread has which call: a hang-up names only the call.
    private let calls: Mutex<[CallID: Int]>

    init(_ configuration: BridgeConfiguration, log: EventLog, synthesizer: SpeechSynthesizer, logger: Logger) throws {
        let certificate = try DTLSCertificate()
        let addresses = try configuration.publicAddresses.map { text in
            guard let address = SocketAddress(text, port: 0) else { throw BridgeStartError("--public-address \(text) is not an IP address.") }
            return address
        }
        let relay = Relay()
        guard let ports = RTPPorts(configuration.rtpPorts) else {
            throw BridgeStartError("--rtp-ports \(configuration.rtpPorts.lowerBound)-\(configuration.rtpPorts.upperBound) has no pair of ports.")
        }
        let phones = try PhoneThread(
            PhoneSettings(
                sipPort: configuration.sipPort, publicAddress: addresses.first(where: \.isIPv4), journal: configuration.folder + "/dialogs.journal",
                registrations: configuration.folder + "/registrations.journal",
                product: "Ringlink/\(configuration.version)", epoch: configuration.epoch), logger: logger,
            trunkNews: { trunk, change, at in log.append([(.trunk(trunk), change)], signals: [], at: at) }
        ) { call, room, news in relay.deliver(news, of: call, in: room) }
        self.phones = phones
        let line = PhoneLine(ports: ports, order: { phones.order($0) })
        var threads: [MediaThread] = []
        for index in 0..<max(configuration.mediaThreads, 1) {
            let settings = MediaThreadSettings(
                index: index, port: configuration.mediaPort + UInt16(index), publicAddresses: addresses, seed: { SystemRandomNumberGenerator() })
            do throws(LinuxError) {
                threads.append(
                    try MediaThread(
                        settings, log: log, toolbox: { NativeToolbox(certificate: certificate) },
                        speech: { call, room, announcement in relay.speak(call, room, announcement, by: synthesizer) },
                        callEnded: { relay.callEnded($0) }, phones: line, logger: logger))
            } catch {
                throw BridgeStartError("The media port \(settings.port) cannot be used (\(error)). Choose another with --media-port.")
            }
        }
        self.threads = threads
        calls = Mutex([:])
        relay.owner = self
    }

    private func index(of room: RoomSlug) -> Int {
        // FNV-1a: the same in every process, unlike Swift's seeded hash.
        let hash = room.text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return Int(hash % UInt64(threads.count))
    }

    func perform(_ command: BridgeCommand) async -> BridgeAnswer {
        switch command {
        case .join(let join): return await threads[index(of: join.room)].perform(command)
        case .leave(let room, _), .socketLost(let room, _), .offer(let room, _, _), .update(let room, _, _), .view(let room, _, _),
            .moderate(let room, _):
            return await threads[index(of: room)].perform(command)
        case .dial(let dial):
            let index = index(of: dial.room)
            let known = calls.withLock { calls in
                defer { if calls[dial.call] == nil { calls[dial.call] = index } }
                return calls[dial.call]
            }
            // A call that is up stays where it is, whatever is asked for under its name.
            guard known == nil || known == index else { return .refused(.internalError) }
            let answer = await threads[index].perform(command)
            if known == nil, case .refused = answer { forget(dial.call) }
            return answer
        case .hangup(let call, _), .dtmf(let call, _):
            guard let index = calls.withLock({ $0[call] }) else { return .refused(.unknownCall) }
            return await threads[index].perform(command)
        case .configure(let setup):
            configure(setup)
            return .accepted
        case .trunkReport(let trunk):
            return await phones.report(of: trunk, isTest: false).map(BridgeAnswer.trunk) ?? .refused(.unknownTrunk)
        case .testTrunk(let trunk):
            return await phones.report(of: trunk, isTest: true).map(BridgeAnswer.trunk) ?? .refused(.unknownTrunk)
        case .query(let query): return await report(query)
        }
    }

    private func report(_ query: BridgeQuery) async -> BridgeAnswer {
        switch query {
        case .room(let room): return await threads[index(of: room)].perform(.query(query))
        case .contacts(let extensions): return .report(.contacts(await phones.contacts(of: extensions)))
        case .rooms(_, let limit):
            var all: [RoomState] = []
            for thread in threads {
                if case .report(.rooms(let rooms)) = await thread.perform(.query(query)) { all += rooms }
            }
            return .report(.rooms(Array(all.sorted { $0.room.text < $1.room.text }.prefix(limit))))
        }
    }

    /// Trunks and extensions, as a web process knows them.
    func configure(_ setup: BridgeSetup) { phones.configure(setup) }

    func snapshot() async -> ThreadSnapshot {
        var all = ThreadSnapshot(rooms: [], liveCalls: [])
        for thread in threads {
            let snapshot = await thread.snapshot()
            all.rooms += snapshot.rooms
            all.liveCalls += snapshot.liveCalls
        }
        return all
    }

    func sipCounters() async -> SIPCounters { await phones.counters() }

    /// Ends every call and place; their events are in the log when it returns.
    func stop() async {
        for thread in threads { await thread.stop() }
        await phones.stop()
    }

    fileprivate func forget(_ call: CallID) { calls.withLock { $0[call] = nil } }

    fileprivate func deliver(_ news: PhoneNews, of call: CallID, in room: RoomSlug) {
        threads[index(of: room)].deliver(news, of: call, room: room)
    }

    fileprivate func deliver(_ speech: [UInt8]?, of call: CallID, in room: RoomSlug) {
        threads[index(of: room)].deliver(speech: speech, of: call, room: room)
    }
}

/// What the threads call back; it exists before they do, and finds their owner once that exists.
private final class Relay: Sendable {
    private let state = Mutex<WeakOwner>(WeakOwner())

    private struct WeakOwner {
        weak var owner: MediaThreads?
    }

    var owner: MediaThreads? {
        get { state.withLock { $0.owner } }
        set { state.withLock { $0.owner = newValue } }
    }

    func callEnded(_ call: CallID) { owner?.forget(call) }

    func deliver(_ news: PhoneNews, of call: CallID, in room: RoomSlug) { owner?.deliver(news, of: call, in: room) }

    func speak(_ call: CallID, _ room: RoomSlug, _ announcement: Announcement, by synthesizer: SpeechSynthesizer) {
        Task { [weak self] in
            let speech = await synthesizer.speak(announcement)
            self?.owner?.deliver(speech, of: call, in: room)
        }
    }
}

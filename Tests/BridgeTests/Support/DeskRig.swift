import Bridge
import Domain
import Media
import SIP
import VirtualNetwork

/// A telephone desk in virtual time, with far ends that do what the test says, and everything that came of it.
///
/// Datagrams arrive at once: loss and delay are the business of `SIPTests`.
final class DeskRig {
    static let local = SIPAddress(SIP.IPAddress(ipv4: 0x0A00_0001), port: 5060)
    static let call = Sample.call(1)
    /// 2026-01-01 00:00:00 UTC, in milliseconds.
    private static let epoch: Int64 = 1_767_225_600_000

    let desk: PhoneDesk
    private(set) var now = Duration.zero
    private(set) var news: [(call: CallID, news: PhoneNews)] = []
    private(set) var journal: [PhoneDesk.JournalEntry] = []
    private(set) var lookups: [TrunkID] = []
    /// `up 1` and `down 1`, each with its time in seconds.
    private(set) var trunkNews: [(word: String, at: Duration)] = []
    private(set) var checked: [TrunkID] = []
    /// INVITEs that left before they were in the journal, and those that were there.
    private(set) var unwritten = 0
    private(set) var written = 0
    private var version: UInt64 = 0
    private var peers: [SIPAddress: SIPPeer] = [:]

    /// - Parameters:
    ///   - told: the address of ours that peers are told.
    ///   - reach: whether there is a way to an address.
    init(
        seed: UInt64 = 1, trunks: [TrunkSetup] = [], extensions: [ExtensionSetup] = [], told: SIPAddress = DeskRig.local,
        reach: @escaping (SIPAddress) -> Bool = { _ in true }
    ) {
        let key = (0..<32).map { UInt8($0) }
        let endpoint = SIPEndpoint(
            SIPEndpointConfiguration(product: "ringlink-test"), registrar: Registrar(realm: Self.realm, key: key), key: key)
        desk = PhoneDesk(endpoint: endpoint, random: SeededGenerator(seed: seed)) { reach($0) ? told : nil }
        if !trunks.isEmpty || !extensions.isEmpty { configure(trunks, extensions) }
    }

    // MARK: Setup

    static let realm = "ringlink"
    static let secret = "s3cret"

    static func id(_ number: Int) -> TrunkID {
        let digits = String(number, radix: 16)
        return TrunkID("tr_" + String(repeating: "0", count: 12 - digits.count) + digits)!
    }

    /// The address of a trunk, or a further one of it.
    static func address(_ number: Int, _ further: Int = 0) -> SIPAddress {
        SIPAddress(SIP.IPAddress(ipv4: 0x0A00_0000 | UInt32(further) << 8 | UInt32(number + 1)), port: 5060)
    }

    static func trunk(
        _ number: Int, host: String? = nil, username: String? = nil, calls: Int? = nil, pace: Int? = nil, options: Int? = nil
    ) -> TrunkSetup {
        TrunkSetup(
            id: id(number), name: "Trunk \(number)", host: host ?? address(number).ip.text, port: 5060, username: username,
            password: username == nil ? nil : secret, fromUser: nil, maximumCalls: calls, callsPerSecond: pace,
            codecs: [.pcmu, .pcma], latchesRTP: false, optionsInterval: options)
    }

    static func phone(_ number: String) -> ExtensionSetup {
        let hashes = DigestSecret(username: number, realm: realm, password: secret)
        return ExtensionSetup(number: number, displayName: "Desk", realm: realm, md5HA1: hashes.md5 ?? "", sha256HA1: hashes.sha256 ?? "")
    }

    func configure(_ trunks: [TrunkSetup], _ extensions: [ExtensionSetup] = []) {
        version += 1
        desk.configure(BridgeSetup(version: version, trunks: trunks, extensions: extensions), now: now, wall: wall)
        settle()
    }

    func resolve(_ number: Int, host: String, to addresses: [SIPAddress]) {
        desk.resolved(Self.id(number), host: host, to: addresses, now: now, wall: wall)
        settle()
    }

    // MARK: Orders

    func place(_ call: CallID = DeskRig.call, over trunks: [Int], ringLimit: Duration = .seconds(60), callerID: String? = nil) {
        let route = DialRoute.trunks(TrunkRoute(number: "+4930123456", trunks: trunks.map(Self.id), callerID: callerID))
        perform(.place(PhoneCall(call: call, room: Sample.room, route: route, rtpPort: 20_000, ringLimit: ringLimit)))
    }

    func place(_ call: CallID = DeskRig.call, to number: String) {
        let route = DialRoute.registered(extension: number)
        perform(.place(PhoneCall(call: call, room: Sample.room, route: route, rtpPort: 20_000, ringLimit: .seconds(60))))
    }

    func hangUp(_ call: CallID = DeskRig.call) { perform(.hangUp(call)) }

    func leave(_ call: CallID = DeskRig.call) { perform(.attended(call, false)) }

    private func perform(_ order: PhoneOrder) {
        desk.perform(order, now: now, wall: wall)
        settle()
    }

    func hangUp(orphan snapshot: DialogSnapshot, trunk: Int) {
        _ = desk.hangUp(orphan: snapshot, trunk: Self.id(trunk), now: now, wall: wall)
        settle()
    }

    // MARK: Far ends

    func peer(_ number: Int, _ further: Int = 0) -> SIPPeer { peer(at: Self.address(number, further)) }

    func peer(at address: SIPAddress) -> SIPPeer {
        if let peer = peers[address] { return peer }
        let peer = SIPPeer(at: address) { [unowned self] in receive($0, from: address) }
        peers[address] = peer
        return peer
    }

    private func receive(_ datagram: [UInt8], from source: SIPAddress) {
        desk.receive(datagram.span, from: source, to: Self.local, now: now, wall: wall)
        settle()
    }

    /// The kernel reports that nobody listens at an address.
    func refuseDatagrams(at address: SIPAddress) {
        desk.failTransport(to: address, now: now, wall: wall)
        settle()
    }

    func report(_ number: Int) -> TrunkReport? { desk.report(of: Self.id(number), now: now) }

    /// - Returns: whether the answer is still to come.
    func test(_ number: Int) -> Bool {
        let isUnderWay = desk.test(Self.id(number), now: now, wall: wall)
        settle()
        return isUnderWay
    }

    // MARK: Time

    func run(for time: Duration) {
        let end = now + time
        while let due = desk.nextDeadline, due <= end {
            now = max(now, due)
            desk.handleDeadline(now: now, wall: wall)
            settle()
        }
        now = end
    }

    private var wall: Int64 { Self.epoch + now.components.seconds * 1_000 + now.components.attoseconds / 1_000_000_000_000_000 }

    /// Carries out what is to be done, as the driver does, until nothing more comes of it.
    private func settle() {
        while true {
            let output = desk.takeOutput()
            journal += output.journal
            news += output.news.map { ($0.call, $0.news) }
            lookups += output.lookups
            checked += output.checked
            for news in output.trunkNews { trunkNews.append((news.change.word(of: news.trunk), now)) }
            guard !output.transmits.isEmpty else { return }
            for transmit in output.transmits {
                guard let message = try? SIPMessage(parsing: transmit.datagram.span) else { continue }
                if case .request(let request) = message, request.method == .invite, request.to.tag == nil { note(request) }
                peer(at: transmit.destination).take(message)
            }
        }
    }

    private func note(_ invite: SIPRequest) {
        let isWritten = journal.contains { if case .dialog(_, _, let snapshot) = $0 { snapshot.inviteBranch == invite.via?.branch } else { false } }
        if isWritten { written += 1 } else { unwritten += 1 }
    }

    // MARK: What happened

    /// The news of a call, a word each.
    func words(of call: CallID = DeskRig.call) -> [String] { news.filter { $0.call == call }.compactMap(\.news.word) }

    var attempts: [CallAttempt] { news.compactMap { if case .attempted(let attempt) = $0.news { attempt } else { nil } } }
    var ending: PhoneEnding? { news.lazy.compactMap { if case .ended(let ending) = $0.news { ending } else { nil } }.first }

    /// Dialogs that a successor would have to end.
    var dialogs: [UInt64: DialogSnapshot] {
        var dialogs: [UInt64: DialogSnapshot] = [:]
        for entry in journal {
            switch entry {
            case .dialog(let session, _, let snapshot): dialogs[session] = snapshot
            case .released(let session): dialogs[session] = nil
            case .registered: break
            }
        }
        return dialogs
    }

    /// Whether nothing is left of any call.
    var isClean: Bool { desk.callCount == 0 && desk.sessionCount == 0 && dialogs.isEmpty && desk.nextDeadline == nil }
}

extension PhoneNews {
    /// `tried 1 503` is an attempt over trunk 1, `tried phones 200` one at an extension.
    fileprivate var word: String? {
        switch self {
        case .ringing(let earlyMedia): earlyMedia ? "early media" : "ringing"
        case .trying: nil
        case .media(let media, _, _, _): media.isHeld ? "held" : "media"
        case .attempted(let attempt):
            "tried \(attempt.trunk.map { "\(Int($0.text.dropFirst(3), radix: 16) ?? -1)" } ?? "phones") \(attempt.sipStatus.map { "\($0)" } ?? "–")"
        case .answered: "answered"
        case .ended(let ending): "ended \(ending.outcome.rawValue) by \(ending.by.rawValue)"
        }
    }
}

extension BridgeEvent.Change {
    fileprivate func word(of trunk: TrunkID) -> String {
        let number = Int(trunk.text.dropFirst(3), radix: 16) ?? -1
        switch self {
        case .trunkUp: return "up \(number)"
        case .trunkDown(let check): return "down \(number) \(check.obstacle?.rawValue ?? "")"
        default: return "?"
        }
    }
}

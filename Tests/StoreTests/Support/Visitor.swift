import Domain
import Store
import Testing

/// 2026-01-01T00:00:00Z, when every test begins.
let start: Int64 = 1_767_225_600_000

/// One tab with a page in a room.
struct Visitor {
    let room: RoomSlug
    let peer: PeerID
    let load: LoadID

    /// Everything about the visitor follows from the number.
    init(_ number: UInt64, room: String = "reception", isCopy: Bool = false) throws {
        var generator = SeededGenerator(seed: number)
        self.room = try #require(RoomSlug(room))
        peer = PeerID(random: &generator)
        load = try #require(LoadID((isCopy ? "copy-" : "") + HexDigits.random(count: 32, using: &generator)))
    }

    func request(
        _ target: String = "600", key: String = "automatic", origin: DialRequest.Origin = .url, trunk: TrunkID? = nil, client: IPAddress? = nil,
        signed: SignedLink? = nil
    ) throws -> DialRequest {
        DialRequest(
            room: room, peer: peer, load: load, key: try #require(DialKey(key)), origin: origin,
            target: DialTarget(written: target), trunk: trunk, client: client, signed: signed)
    }

    func join(_ store: Store, at: Int64 = start) async throws {
        try await store.recordJoin(room: room, peer: peer, load: load, now: at)
    }

    /// Dials. The new call's id is as random as in life: no test depends on it.
    func dial(
        _ store: Store, _ target: String = "600", key: String = "automatic", origin: DialRequest.Origin = .url,
        trunk: TrunkID? = nil, client: IPAddress? = nil, signed: SignedLink? = nil, policy: Policy = Policy(), at: Int64 = start
    ) async throws -> DialVerdict {
        var generator = SystemRandomNumberGenerator()
        return try await store.dial(
            try request(target, key: key, origin: origin, trunk: trunk, client: client, signed: signed), now: at, policy: policy,
            plan: TestNumberPlan(), generator: &generator)
    }

    /// Dials and expects a new call.
    func place(
        _ store: Store, key: String = "automatic", origin: DialRequest.Origin = .url, at: Int64 = start
    ) async throws
        -> CallSnapshot
    {
        guard case .placed(let call, _) = try await dial(store, key: key, origin: origin, at: at) else { throw Unexpected() }
        return call
    }
}

/// A world of few countries: Germany, where 0900 costs extra, and Malta.
struct TestNumberPlan: NumberPlan {
    func profile(of number: String) -> NumberProfile {
        switch number {
        case let number where number.hasPrefix("+49900"): NumberProfile(isValid: true, region: "DE", type: .premiumRate)
        case let number where number.hasPrefix("+4915"): NumberProfile(isValid: true, region: "DE", type: .mobile)
        case let number where number.hasPrefix("+49"): NumberProfile(isValid: true, region: "DE", type: .fixedLine)
        case let number where number.hasPrefix("+356"): NumberProfile(isValid: true, region: "MT", type: .fixedLine)
        default: .none
        }
    }

    func isEmergency(short digits: String) -> Bool { digits == "4711" }
}

struct Unexpected: Error {}

extension DialVerdict {
    var call: CallSnapshot? {
        switch self {
        case .placed(let call, _), .refused(let call), .known(let call), .attached(let call): call
        case .alreadyFired, .turnedAway: nil
        }
    }

    var isPlaced: Bool {
        if case .placed = self { true } else { false }
    }
}

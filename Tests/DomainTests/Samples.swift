import Crypto
import Domain

/// Values that several suites start from.
enum Sample {
    static let room = RoomSlug("team-standup")!
    static let otherRoom = RoomSlug("support")!
    static let peer = PeerID("pe_0123456789abcdef01234567")!
    static let load = LoadID("00112233445566778899aabbccddeeff")!
    static let copy = LoadID("copy-00112233445566778899aabbccddeeff")!
    static let call = CallID("ca_0123456789abcdef01234567")!
    static let trunk = TrunkID("tr_4194b9eab3de")!
    static let setup = BridgeSetup(
        version: 7,
        trunks: [
            TrunkSetup(
                id: trunk, name: "Carrier", host: "sip.example.com", port: 5060, username: "ringlink", password: "secret", fromUser: nil,
                callerIDs: ["+4930123456"], maximumCalls: 10, callsPerSecond: 3,
                rewriting: NumberRewriting([NumberRewriting.Rule(match: "+49", strip: 3, prepend: "0")!]), codecs: [.pcma, .pcmu],
                latchesRTP: true, optionsInterval: 30)
        ],
        extensions: [
            ExtensionSetup(
                number: "610", displayName: "Reception", realm: "ringlink", md5HA1: String(repeating: "a", count: 32),
                sha256HA1: String(repeating: "b", count: 64))
        ])
    static let key = DialKey("auto-0001")!
    static let nonce = ControlNonce("00112233445566778899aabbccddeeff")!
    static let firstKey = SymmetricKey(data: Array(0..<32 as Range<UInt8>))
    static let secondKey = SymmetricKey(data: Array(32..<64 as Range<UInt8>))
    /// 2026-01-01 00:00:00 UTC, in seconds.
    static let now: Int64 = 1_767_225_600

    static func snapshot(_ state: CallState = .queued, key: DialKey = key, target: DialTarget = .short("600")) -> CallSnapshot {
        CallSnapshot(
            id: call, room: room, target: target, trunk: nil, label: "Echo", state: state, earlyMedia: false,
            outcome: state == .ended ? .busy : nil, reason: nil, origin: .url, load: load, key: key,
            queuedAt: now * 1000, expiresAt: now * 1000 + 15_000, answeredAt: nil, endedAt: nil, talkSeconds: 0)
    }
}

/// `bytes` with one byte replaced, for every place and every value: 255 variants a byte.
func everyMutation(of bytes: [UInt8], _ body: ([UInt8]) throws -> Void) rethrows {
    var mutated = bytes
    for place in bytes.indices {
        for value in UInt8.min...UInt8.max where value != bytes[place] {
            mutated[place] = value
            try body(mutated)
        }
        mutated[place] = bytes[place]
    }
}

import API
import Domain

/// Values that many tests speak of.
enum Samples {
    static let room = RoomSlug("standup")!
    static let load = LoadID("0123456789abcdef0123456789abcdef")!
    static let otherLoad = LoadID("ffffffffffffffffffffffffffffffff")!
    static let peer = PeerID("pe_0123456789abcdef01234567")!
    static let otherPeer = PeerID("pe_ffffffffffffffffffffffff")!
    static let key = DialKey("key-0001")!
    static let call = CallID("ca_0123456789abcdef01234567")!
    static let place = Place(peer: peer, room: room, load: load)
    static let ada = Participant(id: .peer(peer), kind: .browser, name: "Ada", microphone: true, camera: false)
    static let bob = Participant(id: .peer(otherPeer), kind: .browser, name: "Bob", microphone: false, camera: false)

    static func snapshot(
        _ state: CallState, earlyMedia: Bool = false, load: LoadID = load, target: DialTarget = .short("600"), id: CallID = call
    ) -> CallSnapshot {
        CallSnapshot(
            id: id, room: room, target: target, trunk: nil, label: "Echo test", state: state, earlyMedia: earlyMedia,
            outcome: state == .ended ? .busy : nil, reason: state == .ended ? CallReason(code: "busy", text: "Busy.") : nil,
            origin: .url, load: load, key: key, queuedAt: 1_000, expiresAt: 16_000,
            answeredAt: state == .answered ? 4_000 : nil, endedAt: state == .ended ? 9_000 : nil, talkSeconds: 0)
    }

    static let command = DialCommand(call: call, room: room, target: .echo, label: "Echo test", graceSeconds: 10, maximumSeconds: 7200)

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}

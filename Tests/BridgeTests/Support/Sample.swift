import Domain

/// Values that several suites start from.
enum Sample {
    static let room = RoomSlug("team-standup")!
    static let otherRoom = RoomSlug("support")!

    static func peer(_ number: Int) -> PeerID { PeerID("pe_" + digits(number, 24))! }
    static func call(_ number: Int) -> CallID { CallID("ca_" + digits(number, 24))! }
    static func load(_ number: Int) -> LoadID { LoadID(digits(number, 32))! }

    static func join(_ number: Int, room: RoomSlug = room, name: String = "Ada") -> BridgeCommand {
        .join(JoinCommand(room: room, peer: peer(number), name: DisplayName(name)!, load: load(number)))
    }

    static func dial(
        _ number: Int = 1, room: RoomSlug = room, to target: DialRoute = .echo, grace: Int = 20, maximum: Int = 3_600
    ) -> BridgeCommand {
        .dial(DialCommand(call: call(number), room: room, target: target, label: "Echo", graceSeconds: grace, maximumSeconds: maximum))
    }

    static func announcement(leadSilence: Int = 0, loop: Bool = false, maximum: Int = 60) -> DialRoute {
        .announcement(
            Announcement(text: "Hello", language: "en", leadSilenceMilliseconds: leadSilence, loop: loop, maximumSeconds: maximum))
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: count - text.count) + text
    }
}

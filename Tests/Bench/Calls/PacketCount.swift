/// What was sent and what arrived, in both directions. Packets of silence do not count as arrived.
struct PacketCount: Equatable, CustomStringConvertible {
    /// Less is no call. On a busy machine a few packets of silence stand in for speech that came late; the counts say how many.
    private static let leastShare = 0.95

    var fromBrowser = 0
    var atPhone = 0
    var fromPhone = 0
    var atBrowser = 0

    static func - (left: PacketCount, right: PacketCount) -> PacketCount {
        PacketCount(
            fromBrowser: left.fromBrowser - right.fromBrowser, atPhone: left.atPhone - right.atPhone, fromPhone: left.fromPhone - right.fromPhone,
            atBrowser: left.atBrowser - right.atBrowser)
    }

    var description: String {
        "\(atPhone) packets with sound at the phones of \(fromBrowser) sent, \(atBrowser) at the browsers of \(fromPhone) sent"
    }

    /// A figure of calls that did not carry their sound is none.
    func requireSound() throws {
        let isWhole =
            fromBrowser > 0 && fromPhone > 0 && Double(atPhone) >= Self.leastShare * Double(fromBrowser)
            && Double(atBrowser) >= Self.leastShare * Double(fromPhone)
        guard isWhole else { throw BenchError("packets are missing: \(self)") }
    }
}

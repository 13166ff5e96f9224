/// Finds the bridges of other processes that are gone for good, together with the process that would have said so.
///
/// Whoever is alive refreshes the time of its contact in the books; here that time is only watched for whether it changes, so that no two
/// machines' clocks are compared.
package struct BridgeSilence: Sendable {
    /// Long enough for a process that falls and is started again, and again.
    package static let patience = Duration.seconds(60)

    private struct Contact {
        var time: Int64
        var seenFirst: Duration
    }

    private var contacts: [String: Contact] = [:]

    package init() {}

    /// - Parameter times: when each bridge was last heard of, in whatever unit.
    /// - Returns: those whose time has not changed for longer than our patience.
    package mutating func look(at times: [String: Int64], now: Duration) -> [(bridge: String, time: Int64)] {
        var silent: [(bridge: String, time: Int64)] = []
        var next: [String: Contact] = [:]
        for (bridge, time) in times {
            let known = contacts[bridge].flatMap { $0.time == time ? $0 : nil }
            let contact = known ?? Contact(time: time, seenFirst: now)
            next[bridge] = contact
            if now - contact.seenFirst > Self.patience { silent.append((bridge, time)) }
        }
        contacts = next
        return silent
    }

    /// The books could not be read: then nobody could write into them either, and everybody gets the time anew.
    package mutating func forget() { contacts = [:] }
}

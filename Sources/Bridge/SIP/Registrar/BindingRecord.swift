/// What a journal keeps of a binding: a telephone registers again only after most of its time, up to two hours, and a process that is started
/// anew is to reach it before.
public struct BindingRecord: Codable, Equatable, Sendable {
    public var contact: String
    public var received: String
    public var local: String
    public var preference: UInt16
    /// When it ends by the wall clock, milliseconds since 1970 UTC: the monotonic time is another one after a restart.
    public var expiresAt: Int64
    public var callID: String
    public var cseq: UInt32
    public var userAgent: String

    init(_ binding: Binding, now: Duration, wall: Int64) {
        contact = binding.contact.text
        received = binding.received.text
        local = binding.local.text
        preference = binding.preference
        expiresAt = wall + Int64((binding.expiry - now) / .milliseconds(1))
        callID = binding.callID
        cseq = binding.cseq
        userAgent = binding.userAgent
    }
}

extension Binding {
    /// A binding out of a journal; `nil` if it is over or cannot be read.
    ///
    /// - Parameter longest: seconds that it lasts at most, whatever the wall clock says by now.
    fileprivate init?(_ record: BindingRecord, longest: UInt32, now: Duration, wall: Int64) {
        let (left, overflows) = record.expiresAt.subtractingReportingOverflow(wall)
        guard !overflows, left > 0, let contact = SIPURI(record.contact), let received = SIPAddress(record.received),
            let local = SIPAddress(record.local)
        else { return nil }
        self.init(
            contact: contact, received: received, local: local, preference: min(record.preference, 1000),
            expiry: now + min(.milliseconds(left), .seconds(Int64(longest))), callID: record.callID, cseq: record.cseq,
            userAgent: String(decoding: record.userAgent.utf8.prefix(64), as: UTF8.self))
    }
}

extension Registrar {
    /// The bindings of an extension, to be kept in the place of what was kept of it before; empty if there is none any more.
    public func records(of number: String, now: Duration, wall: Int64) -> [BindingRecord] {
        bindings(for: number, now: now).map { BindingRecord($0, now: now, wall: wall) }
    }

    /// Takes in what a former process has kept of an extension, within the same limits as a REGISTER. What has registered here meanwhile stands.
    public mutating func restore(_ records: [BindingRecord], of number: String, now: Duration, wall: Int64) {
        let bindings = records.compactMap { Binding($0, longest: settings.maximumExpires, now: now, wall: wall) }
        adopt(bindings, of: number)
    }
}

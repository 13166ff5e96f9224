import Domain
import Linux

/// What the SIP thread is given at its start.
struct PhoneSettings: Sendable {
    var sipPort: UInt16
    /// The address in front of a NAT, which public peers are told instead of our own.
    var publicAddress: SocketAddress?
    /// Where the journal of dialogs lies.
    var journal: String
    /// Where the journal of registrations lies.
    var registrations: String
    /// User-Agent and Server.
    var product: String
    /// The bridge's epoch: names the dialogs of this life in the journal.
    var epoch: UInt64
}

/// Carries news of a call to its room's thread.
typealias PhoneNewsDelivery = @Sendable (CallID, RoomSlug, PhoneNews) -> Void

/// Carries what is durable of a trunk into the log of events; at milliseconds since 1970 UTC.
typealias TrunkNewsDelivery = @Sendable (TrunkID, BridgeEvent.Change, _ at: Int64) -> Void

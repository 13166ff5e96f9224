import Domain
import ICE
import Media

/// Everything that a room wants done after one input: values, carried out by its media thread.
package struct RoomOutput {
    /// Datagrams to send.
    package var packets = PacketBatch()
    /// Durable events, in order.
    package var changes: [(stream: BridgeEvent.Stream, change: BridgeEvent.Change)] = []
    /// Ephemeral news: newest wins.
    package var signals: [BridgeSignal] = []
    /// What the room table must learn.
    package var routing: [RoutingChange] = []
    /// Texts that must be spoken before their calls can be answered.
    package var speech: [(call: CallID, room: RoomSlug, announcement: Announcement)] = []
    /// What the phone side is to do.
    package var phones: [PhoneRequest] = []
    /// Calls that are over, to be forgotten by the directory.
    package var endedCalls: [CallID] = []
    /// Why connections failed, for the log: no address, no name.
    package var failures: [String] = []

    package init() {}

    /// Whether there is anything but datagrams.
    package var hasNews: Bool {
        !changes.isEmpty || !signals.isEmpty || !routing.isEmpty || !speech.isEmpty || !phones.isEmpty || !endedCalls.isEmpty || !failures.isEmpty
    }

    package mutating func removeNews() {
        changes.removeAll(keepingCapacity: true)
        signals.removeAll(keepingCapacity: true)
        routing.removeAll(keepingCapacity: true)
        speech.removeAll(keepingCapacity: true)
        phones.removeAll(keepingCapacity: true)
        endedCalls.removeAll(keepingCapacity: true)
        failures.removeAll(keepingCapacity: true)
    }
}

/// What a room asks for one of its telephone calls; its media thread opens and closes the ports, the SIP thread does the rest.
package enum PhoneRequest: Equatable {
    /// Open an RTP port for the leg, and reach the far end.
    case open(DialCommand, LegID)
    /// Whether a browser is there to hear it.
    case attended(CallID, Bool)
    /// The call is over: hang up, and close the port.
    case close(CallID, LegID)
}

/// A change to the tables by which a media thread finds the leg that a datagram is for.
package enum RoutingChange: Equatable {
    /// STUN with this local ufrag is for that leg.
    case ufrag(String, LegID)
    case forgetUfrag(String)
    /// Everything from this remote address is for that leg.
    case address(TransportAddress, LegID)
    case forgetAddress(TransportAddress, LegID)
    /// The leg's transport is gone, and its addresses with it.
    case forgetAddresses(LegID)
}

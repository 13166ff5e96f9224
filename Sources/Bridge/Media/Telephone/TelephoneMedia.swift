import ICE

/// What an offer and its answer agreed on for the audio between the bridge and a phone.
public struct TelephoneMedia: Equatable, Sendable {
    /// Where the phone takes RTP; `nil` while it takes none (port or address 0).
    public var remote: TransportAddress?
    /// Where it takes RTCP: one port higher, unless its `a=rtcp` says otherwise (RFC 3605).
    public var remoteControl: TransportAddress?
    /// What is sent to it: its first choice of what we speak.
    public var format: PayloadFormat
    /// What it may send: everything that both speak.
    public var accepted: [PayloadFormat]
    /// The payload type of `telephone-event` (RFC 4733), where both have it.
    public var telephoneEvent: UInt8?
    /// Which way audio flows, seen from the bridge.
    public var direction: Direction

    /// Seen from the bridge; the names are SDP's.
    public struct Direction: Equatable, Sendable {
        public var sends: Bool
        public var receives: Bool

        public init(sends: Bool, receives: Bool) {
            self.sends = sends
            self.receives = receives
        }
    }

    public init(
        remote: TransportAddress?, remoteControl: TransportAddress?, format: PayloadFormat, accepted: [PayloadFormat],
        telephoneEvent: UInt8?, direction: Direction
    ) {
        self.remote = remote
        self.remoteControl = remoteControl
        self.format = format
        self.accepted = accepted
        self.telephoneEvent = telephoneEvent
        self.direction = direction
    }

    /// The phone takes nothing: a call that it holds (RFC 6337 section 5.3), or one in which it only speaks.
    public var isHeld: Bool { !direction.sends || remote == nil }
}

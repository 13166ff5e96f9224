/// `POST /control/hello`, signed with epoch 0: who is there, since when, and with what.
public struct HelloRequest: Codable, Sendable, Equatable {
    /// Names this web process in the bridge's log.
    public var api: String
    /// Trunks and extensions as this web process knows them.
    public var setup: BridgeSetup

    public init(api: String, setup: BridgeSetup) {
        self.api = api
        self.setup = setup
    }
}

public struct HelloAnswer: Codable, Sendable, Equatable {
    public var bridge: String
    /// Changes with every start of the bridge; every other request is signed with it.
    public var epoch: UInt64
    public var build: String
    /// Calls that are up now; what the web side holds open and is not here is over.
    public var liveCalls: [CallID]
    /// Rooms and peers that are there now.
    public var rooms: [RoomRoster]
    /// Earlier epochs that have left events which nobody has acknowledged, the oldest first: to be read before what those epochs
    /// left open is taken for lost.
    public var formerEpochs: [UInt64]

    public init(bridge: String, epoch: UInt64, build: String, liveCalls: [CallID], rooms: [RoomRoster], formerEpochs: [UInt64] = []) {
        self.formerEpochs = formerEpochs
        self.bridge = bridge
        self.epoch = epoch
        self.build = build
        self.liveCalls = liveCalls
        self.rooms = rooms
    }
}

/// `POST /control/command`: the same `id` gets the same answer, however often it is sent.
public struct CommandRequest: Codable, Sendable, Equatable {
    /// 32 hex digits.
    public var id: String
    public var epoch: UInt64
    /// Milliseconds since 1970 UTC after which nothing is done any more (410).
    public var expiresAtMilliseconds: Int64
    public var command: BridgeCommand

    public init(id: String, epoch: UInt64, expiresAtMilliseconds: Int64, command: BridgeCommand) {
        self.id = id
        self.epoch = epoch
        self.expiresAtMilliseconds = expiresAtMilliseconds
        self.command = command
    }
}

/// `POST /control/events`: a long poll over the durable and the ephemeral lane at once, or over what an earlier epoch has left.
public struct EventsRequest: Codable, Sendable, Equatable {
    public var epoch: UInt64
    /// Everything up to and with this position is applied and may be forgotten.
    public var acknowledged: UInt64
    /// How long the bridge may hold the request when there is nothing to tell, at most 20,000.
    public var waitMilliseconds: Int
    /// Asks for, and acknowledges, the durable events of this earlier epoch instead, each at once.
    public var former: UInt64?

    public init(epoch: UInt64, acknowledged: UInt64, waitMilliseconds: Int, former: UInt64? = nil) {
        self.former = former
        self.epoch = epoch
        self.acknowledged = acknowledged
        self.waitMilliseconds = waitMilliseconds
    }
}

public struct EventsAnswer: Codable, Sendable, Equatable {
    /// The most events of one answer.
    public static let page = 256

    /// The next events after `acknowledged`, at most `page`, in order of position.
    public var events: [BridgeEvent]
    public var signals: [BridgeSignal]

    public init(events: [BridgeEvent], signals: [BridgeSignal]) {
        self.events = events
        self.signals = signals
    }
}

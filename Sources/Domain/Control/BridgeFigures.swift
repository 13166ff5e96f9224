/// `POST /control/figures`: what a bridge has seen since its start, in numbers. It changes nothing.
public struct FiguresRequest: Codable, Sendable, Equatable {
    /// 0 asks whichever epoch there is.
    public var epoch: UInt64

    public init(epoch: UInt64) { self.epoch = epoch }
}

public struct BridgeFigures: Codable, Sendable, Equatable {
    public var epoch: UInt64
    public var rooms: Int
    /// Browsers that have a place.
    public var browsers: Int
    public var liveCalls: Int
    /// Durable events that nobody has acknowledged yet.
    public var pendingEvents: Int
    /// Control requests that were not believed, by `ControlRefusal`.
    public var refusedRequests: [String: Int]
    /// What came in over SIP and got no answer, by why.
    public var droppedSIP: [String: Int]
    public var process: ProcessFigures?

    public init(
        epoch: UInt64, rooms: Int, browsers: Int, liveCalls: Int, pendingEvents: Int, refusedRequests: [String: Int], droppedSIP: [String: Int],
        process: ProcessFigures?
    ) {
        self.epoch = epoch
        self.rooms = rooms
        self.browsers = browsers
        self.liveCalls = liveCalls
        self.pendingEvents = pendingEvents
        self.refusedRequests = refusedRequests
        self.droppedSIP = droppedSIP
        self.process = process
    }
}

/// What a process takes of its machine.
public struct ProcessFigures: Codable, Sendable, Equatable {
    /// Bytes in memory.
    public var residentBytes: Int
    /// Seconds of processor time, of the user and of the system.
    public var processorSeconds: Double
    /// Files and sockets that are open, and how many may be.
    public var openFiles: Int
    public var openFilesLimit: Int
    /// Seconds since 1970 UTC.
    public var startedAt: Double

    public init(residentBytes: Int, processorSeconds: Double, openFiles: Int, openFilesLimit: Int, startedAt: Double) {
        self.residentBytes = residentBytes
        self.processorSeconds = processorSeconds
        self.openFiles = openFiles
        self.openFilesLimit = openFilesLimit
        self.startedAt = startedAt
    }
}

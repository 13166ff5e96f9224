import Crypto
import Domain

/// What a bridge process is told at its start. It knows no database, no link and no API's address.
public struct BridgeConfiguration: Sendable {
    /// The audience of every control request.
    public var id: String
    /// What `hello` says of the build.
    public var build: String
    public var controlHost: String
    public var controlPort: Int
    /// Verifies what the web side asks.
    public var controlToBridge: SymmetricKey
    /// Signs what we answer.
    public var controlToAPI: SymmetricKey
    /// The first thread's UDP port; the others follow.
    public var mediaPort: UInt16
    public var mediaThreads: Int
    /// IP literals at which the media port is reached besides the machine's own, such as the public one in front of a NAT.
    public var publicAddresses: [String]
    /// UDP port of SIP.
    public var sipPort: UInt16
    /// Ports for phones: an even one for RTP and the odd one above for RTCP each.
    public var rtpPorts: ClosedRange<UInt16>
    /// A folder of the bridge's own, for its journal.
    public var folder: String
    /// Product version, for User-Agent and Server.
    public var version: String
    /// Names this start: later starts have higher epochs.
    public var epoch: UInt64
    /// What this process takes of its machine.
    public var processFigures: @Sendable () -> ProcessFigures?

    public init(
        id: String, build: String, controlHost: String, controlPort: Int, controlToBridge: SymmetricKey, controlToAPI: SymmetricKey,
        mediaPort: UInt16, mediaThreads: Int, publicAddresses: [String], sipPort: UInt16, rtpPorts: ClosedRange<UInt16>, folder: String,
        version: String, epoch: UInt64, processFigures: @escaping @Sendable () -> ProcessFigures? = { nil }
    ) {
        self.processFigures = processFigures
        self.sipPort = sipPort
        self.rtpPorts = rtpPorts
        self.folder = folder
        self.version = version
        self.epoch = epoch
        self.id = id
        self.build = build
        self.controlHost = controlHost
        self.controlPort = controlPort
        self.controlToBridge = controlToBridge
        self.controlToAPI = controlToAPI
        self.mediaPort = mediaPort
        self.mediaThreads = mediaThreads
        self.publicAddresses = publicAddresses
    }
}

/// Why a bridge could not start: one sentence that an operator can act on.
public struct BridgeStartError: Error, CustomStringConvertible, Sendable {
    public var description: String

    public init(_ description: String) { self.description = description }
}

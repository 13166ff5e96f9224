import Crypto

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

    public init(
        id: String, build: String, controlHost: String, controlPort: Int, controlToBridge: SymmetricKey, controlToAPI: SymmetricKey,
        mediaPort: UInt16, mediaThreads: Int, publicAddresses: [String]
    ) {
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

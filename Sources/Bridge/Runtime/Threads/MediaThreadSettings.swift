import Domain
import Linux

/// What one media thread is given at its start.
struct MediaThreadSettings: Sendable {
    /// 0, 1, 2…; the thread's port is the first media port plus this.
    var index: Int
    var port: UInt16
    /// Further addresses at which the port is reached, such as the public one in front of a NAT.
    var publicAddresses: [SocketAddress]
    /// Seeds the thread's randomness: ICE credentials, SSRCs.
    var seed: @Sendable () -> any RandomNumberGenerator
}

/// Asks for an announcement to be spoken; the answer comes back as a message.
typealias SpeechRequest = @Sendable (CallID, RoomSlug, Announcement) -> Void

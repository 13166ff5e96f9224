import Domain
import Media

/// One browser's place in a room: who it is, and the two threads that it hangs by, its socket and its media.
struct BrowserPlace {
    /// A lost socket with silent media has left after this.
    static let silenceWithoutSocket = Duration.seconds(5)
    /// A place whose media has been gone this long holds no phone up any more, whatever its socket.
    static let silenceWithSocket = Duration.seconds(15)

    /// A place without a socket is given up after this even while its media lives: nobody could tell the page anything.
    static let resumeLimit = Duration.seconds(30)

    let peer: PeerID
    let leg: LegID
    var name: DisplayName
    var load: LoadID
    var switches = Switches(microphone: true, camera: false)
    /// A host has silenced it.
    var isMuted = false
    /// When the socket was lost; `nil` while it is there.
    var socketLostAt: Duration?
    /// When media was last known to be alive; the join counts, so that a page may ask for the microphone first.
    var mediaSeenAt: Duration
    /// When it came in.
    var joinedAt = Duration.zero
    /// Whether a media connection is up now.
    var hasMedia = false
    /// Whether the browser itself closed its last media connection (DTLS close_notify).
    var closedMedia = false

    var participant: Participant {
        Participant(
            id: .peer(peer), kind: .browser, name: name.text, microphone: switches.microphone, camera: switches.camera, screen: switches.screen,
            isMuted: isMuted)
    }

    /// Whether the phones of the room stay for this browser's sake.
    func holdsCalls(now: Duration) -> Bool {
        if hasMedia { return true }
        return socketLostAt == nil && now - mediaSeenAt < Self.silenceWithSocket
    }

    /// Whether nothing is left of it: no socket, and no sign of its media for 5 s; or no socket for 30 s, media or not.
    func hasLeft(now: Duration) -> Bool {
        guard let socketLostAt else { return false }
        return now - max(mediaSeenAt, socketLostAt) >= Self.silenceWithoutSocket || now - socketLostAt >= Self.resumeLimit
    }
}

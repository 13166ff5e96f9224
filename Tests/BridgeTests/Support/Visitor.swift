import Domain
import VirtualBrowser
import VirtualNetwork

/// A browser of a `RoomRig`: when it checks and when it speaks.
final class Visitor {
    /// Chromium asks for consent about this often.
    private static let checkInterval = Duration.milliseconds(2_500)

    let index: Int
    let peer: PeerID
    let room: RoomSlug
    let browser: VirtualBrowser
    /// Drifts against the rooms' clock: a frame is 20 ms by it.
    var clock = VirtualClock()
    /// Whether it neither sends nor takes anything: its machine sleeps, or it is gone.
    var isSilent = false
    private var nextCheck: Duration?
    private var voice: ((Int) -> [UInt8])?
    private var voiceBegan = Duration.zero
    private var frames = 0

    init(index: Int, peer: PeerID, room: RoomSlug, browser: VirtualBrowser) {
        self.index = index
        self.peer = peer
        self.room = room
        self.browser = browser
    }

    func checksFrom(_ now: Duration) { nextCheck = now }

    /// Speaks a payload every 20 ms from now on.
    func speak(from now: Duration, _ voice: @escaping (_ index: Int) -> [UInt8]) {
        self.voice = voice
        voiceBegan = clock.reading(at: now)
        frames = 0
    }

    private var nextFrame: Duration? {
        voice == nil ? nil : clock.time(of: voiceBegan + .milliseconds(20) * frames) + .nanoseconds(1)
    }

    var nextSend: Duration? {
        guard !isSilent else { return nil }
        return [nextCheck, nextFrame].compactMap { $0 }.min()
    }

    /// What it sends until `now`.
    func datagrams(until now: Duration) -> [[UInt8]] {
        guard !isSilent else { return [] }
        var datagrams: [[UInt8]] = []
        if let check = nextCheck, check <= now {
            nextCheck = now + Self.checkInterval
            datagrams.append(browser.check())
        }
        while let next = nextFrame, next <= now, let voice {
            if let packet = browser.speak(voice(frames), index: frames) { datagrams.append(packet) }
            frames += 1
        }
        return datagrams
    }
}

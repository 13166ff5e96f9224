/// One step of what is keyed into a call.
public enum TelephoneKey: Equatable, Sendable {
    /// An event of RFC 4733 section 3.2: 0–9, 10 the star, 11 the hash, 12–15 A–D.
    case event(UInt8)
    /// Half a second in which nothing is keyed.
    case pause
}

/// Digits on their way to a phone as telephone-events (RFC 4733 section 2.5): asked once for each frame of 20 ms. Sans-IO.
///
/// A digit is 100 ms of its event, told in five packets, the last of which is said three times; 60 ms more are the room's own sound.
struct TelephoneKeys {
    /// Steps that wait at most; each is up to half a second.
    static let limit = 128
    private static let toneFrames = 5
    /// How often the end of an event is said again, since one lost packet would leave the key pressed (section 2.5.1.4).
    private static let endRepeats = 2
    private static let gapFrames = 3
    private static let pauseFrames = 25
    /// The RTP clock of telephone-event, in one frame.
    private static let frameTicks: UInt16 = 160

    private enum State {
        case idle
        /// Packets of the event that were sent.
        case tone(UInt8, sent: Int)
        case silence(frames: Int)
    }

    /// What one packet says of an event.
    struct Frame: Equatable {
        var event: UInt8
        var isFirst: Bool
        var isEnd: Bool
        /// So far, in ticks of the RTP clock.
        var duration: UInt16

        /// RFC 4733 section 2.3, at −10 dBm0.
        func append(to packet: inout [UInt8]) {
            packet.append(event)
            packet.append((isEnd ? 0x80 : 0) | 10)
            packet.append(UInt8(duration >> 8))
            packet.append(UInt8(duration & 0xFF))
        }
    }

    private var state = State.idle
    private var waiting: [TelephoneKey] = []

    /// - Returns: `false` if there is no room for all of it; nothing is taken then.
    mutating func add(_ keys: [TelephoneKey]) -> Bool {
        guard waiting.count + keys.count <= Self.limit else { return false }
        waiting += keys
        return true
    }

    /// What is sent in the place of this frame's audio; `nil` for the audio itself.
    mutating func next() -> Frame? {
        switch state {
        case .tone(let event, let sent) where sent < Self.toneFrames + Self.endRepeats:
            state = .tone(event, sent: sent + 1)
            return frame(event, sent: sent + 1)
        case .tone:
            state = .silence(frames: Self.gapFrames - 1)
            return nil
        case .silence(let frames) where frames > 0:
            state = .silence(frames: frames - 1)
            return nil
        case .silence, .idle:
            return begin()
        }
    }

    private mutating func begin() -> Frame? {
        guard !waiting.isEmpty else {
            state = .idle
            return nil
        }
        switch waiting.removeFirst() {
        case .event(let event):
            state = .tone(event, sent: 1)
            return frame(event, sent: 1)
        case .pause:
            state = .silence(frames: Self.pauseFrames - 1)
            return nil
        }
    }

    private func frame(_ event: UInt8, sent: Int) -> Frame {
        Frame(
            event: event, isFirst: sent == 1, isEnd: sent >= Self.toneFrames, duration: UInt16(min(sent, Self.toneFrames)) * Self.frameTicks)
    }
}

/// The fixed measures of a playout buffer, in ticks of the RTP clock unless they say otherwise.
struct PlayoutLimits {
    /// One pull: 20 ms.
    let frame: Int
    /// How long after the fastest packets' time audio may be played at most: 120 ms.
    let delay: Int
    /// The most that jitter may add; with a frame and the hysteresis it makes `delay`.
    let jitter: Int
    /// The longest packet: 120 ms (RFC 7587, section 4.2).
    let packet: Int
    /// Kept between a packet's expected and its latest useful arrival: 0.5 ms.
    let guardTime: Int
    /// How long nothing need come before the stream counts as paused, more than the 400 ms between two DTX packets of Opus.
    let pause: Int
    /// After how long without packets the stream's timing is learnt anew: 10 s.
    let oblivion: Int
    /// How many packets in a row must miss every bound before the network counts as changed: 200 ms of 20 ms packets.
    let outliers = 10
    /// How many frames ahead the next packets are looked at: three of 30 ms packets are a cycle, and 120 ms are six frames.
    static let cycle = 7

    init(clockRate: Int) {
        func ticks(milliseconds: Int) -> Int { clockRate * milliseconds / 1000 }
        frame = ticks(milliseconds: 20)
        delay = ticks(milliseconds: 120)
        jitter = ticks(milliseconds: 94)
        packet = ticks(milliseconds: 120)
        guardTime = max(1, clockRate / 2000)
        pause = ticks(milliseconds: 500)
        oblivion = ticks(milliseconds: 10_000)
    }
}

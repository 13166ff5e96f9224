/// What a playout buffer has seen and done since it was made.
public struct PlayoutStatistics: Equatable, Sendable {
    /// How much later than the network's fastest recent packets the audio is played.
    public internal(set) var delay = Duration.zero
    /// The part of `delay` that the measured jitter asks for; waiting for the next frame comes on top.
    public internal(set) var target = Duration.zero
    /// Audio played as received, in samples of the decoder.
    public internal(set) var decoded = 0
    /// Audio made up, in samples of the decoder.
    public internal(set) var concealed = 0
    /// Packets that came after their time.
    public internal(set) var late = 0
    /// Packets that came twice.
    public internal(set) var duplicates = 0
    /// Payloads that the codec refused, or that were too long.
    public internal(set) var malformed = 0
    /// Packets recovered from the redundancy of the next one (in-band FEC).
    public internal(set) var recovered = 0
    /// Samples cut out to shorten the delay.
    public internal(set) var removed = 0
    /// Samples added to lengthen the delay.
    public internal(set) var inserted = 0
    /// How often the numbering of the stream began anew.
    public internal(set) var restarts = 0

    public init() {}
}

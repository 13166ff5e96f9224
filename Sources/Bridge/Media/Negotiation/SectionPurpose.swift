/// What a media section is for; fixed when the section is first seen, so that its RTP clock never changes.
public enum SectionPurpose: Sendable, Equatable {
    /// The browser's own voice, the first audio section. The bridge receives.
    case microphone
    /// The browser's own picture, the first video section in which it may send. The bridge receives.
    case camera
    /// What the browser shows of its screen, the second one.
    case screen
    /// The bridge sends another browser's camera or screen.
    case browserVideo
    /// The bridge sends a phone: codecs with an 8 kHz clock.
    case phone
    /// The bridge sends another browser's voice: Opus.
    case browserAudio
    /// Nothing the bridge has a use for.
    case unused
}

/// How many sources this browser should receive.
public struct SectionDemand: Sendable, Equatable {
    /// Phones; one more than there are keeps a section ready for the next one.
    public var phones: Int
    /// Other browsers that are heard.
    public var browsers: Int
    /// Pictures of other browsers.
    public var videos: Int

    public init(phones: Int, browsers: Int, videos: Int = 0) {
        self.phones = phones
        self.browsers = browsers
        self.videos = videos
    }
}

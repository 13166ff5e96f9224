/// What a browser has switched on of its own; shown to the others.
public struct Switches: Codable, Sendable, Equatable {
    public var microphone: Bool
    public var camera: Bool
    /// It shows its screen.
    public var screen: Bool

    public init(microphone: Bool, camera: Bool, screen: Bool = false) {
        self.microphone = microphone
        self.camera = camera
        self.screen = screen
    }
}

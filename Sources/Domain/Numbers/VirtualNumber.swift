/// A number that this installation answers itself.
public struct VirtualNumber: Sendable, Equatable {
    /// What happens to somebody who reaches it.
    public enum Mode: Sendable, Equatable {
        case echo
        case announce(Announcement)
    }

    /// 2–6 digits.
    public var number: String
    /// What the roster shows for it, such as «Echo test».
    public var label: String
    public var mode: Mode
    /// Whether `?publicnumbers=1` lists it.
    public var isPublic: Bool

    public init(number: String, label: String, mode: Mode, isPublic: Bool) {
        self.number = number
        self.label = label
        self.mode = mode
        self.isPublic = isPublic
    }

    /// The far end that the bridge is told to make.
    public var route: DialRoute {
        switch mode {
        case .echo: .echo
        case .announce(let announcement): .announcement(announcement)
        }
    }
}

/// A number that this installation answers itself.
public struct VirtualNumber: Sendable, Equatable {
    /// All that an installation may have.
    public static let limit = 1_000
    /// Names the built-in echo test, which the schema brings; it may be changed and deleted as any other.
    public static let echoID = VirtualNumberID(unchecked: "vn_000000000600")

    /// What happens to somebody who reaches it.
    public enum Mode: Sendable, Equatable {
        case echo
        case announce(Announcement)
        /// The phones that are registered as this extension are rung.
        case `extension`(ExtensionNumber)
    }

    public var id: VirtualNumberID
    /// Grows with each change.
    public var version: Int64
    /// 2–6 digits.
    public var number: String
    /// What the roster shows for it, such as «Echo test».
    public var label: String
    public var mode: Mode
    /// Whether `?publicnumbers=1` lists it.
    public var isPublic: Bool
    /// Milliseconds since 1970 UTC, as is `updatedAt`.
    public var createdAt: Int64
    public var updatedAt: Int64

    public init(
        id: VirtualNumberID = echoID, version: Int64 = 1, number: String, label: String, mode: Mode, isPublic: Bool, createdAt: Int64 = 0,
        updatedAt: Int64 = 0
    ) {
        self.id = id
        self.version = version
        self.number = number
        self.label = label
        self.mode = mode
        self.isPublic = isPublic
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The far end that the bridge is told to make.
    public var route: DialRoute {
        switch mode {
        case .echo: .echo
        case .announce(let announcement): .announcement(announcement)
        case .extension(let digits): .registered(extension: digits.text)
        }
    }
}

/// Names a virtual number: `vn_` and 12 lowercase hex digits.
public struct VirtualNumberID: PrefixedID {
    public static let prefix = "vn_"
    public static let digits = 12
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

extension Announcement {
    public static let textLength = 1...2_000
    public static let leadSilence = 0...10_000
    public static let seconds = 1...3_600

    /// A BCP 47 language tag as the voices are named: letters and digits in groups of 2–8, parted by `-`. Nothing that an option could begin with.
    public static func isLanguage(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return (1...4).contains(parts.count)
            && parts[0].count >= 2
            && parts.allSatisfy { part in
                (1...8).contains(part.count)
                    && part.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) }
            }
    }
}

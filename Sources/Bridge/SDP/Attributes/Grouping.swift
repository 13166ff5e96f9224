/// `a=group` (RFC 5888): sections that belong together.
public struct SectionGroup: AttributeValue {
    public static let attributeName = "group"
    /// `BUNDLE` (RFC 9143): one transport for all. `LS`: played in step.
    public var semantics: String
    public var mids: [String]

    public init(semantics: String, mids: [String]) {
        self.semantics = semantics
        self.mids = mids
    }

    public init?(_ value: String) {
        var fields = FieldReader(value)
        guard let semantics = fields.field() else { return nil }
        self.init(semantics: semantics, mids: [])
        while let mid = fields.field() {
            mids.append(mid)
        }
    }

    public var value: String { ([semantics] + mids).joined(separator: " ") }
}

/// `a=msid` (RFC 8830): the stream and the track that a section sends.
public struct MediaStreamID: AttributeValue {
    public static let attributeName = "msid"
    /// `-` for a track outside every stream.
    public var stream: String
    public var track: String?

    public init(stream: String, track: String?) {
        self.stream = stream
        self.track = track
    }

    public init?(_ value: String) {
        var fields = FieldReader(value)
        guard let stream = fields.field() else { return nil }
        self.init(stream: stream, track: fields.field())
    }

    public var value: String { track.map { "\(stream) \($0)" } ?? stream }
}

extension AttributeList {
    /// The name of a section (RFC 5888 section 4); `nil` if it is no token.
    public var mid: String? { value(of: "mid").flatMap { isToken($0) ? $0 : nil } }
    /// The sections that share one transport, the one that describes it first (RFC 9143).
    public var bundle: SectionGroup? { every(SectionGroup.self).first { $0.semantics == "BUNDLE" } }
    /// Port 0 does not mean rejected here (RFC 9143 section 6).
    public var isBundleOnly: Bool { contains("bundle-only") }
    public var msid: MediaStreamID? { first() }
}

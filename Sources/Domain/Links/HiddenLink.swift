/// A link whose number no browser may see, as the server knows it. Of this a browser is told the room, the name and the camera alone.
public struct HiddenLink: Sendable, Equatable {
    public var id: LinkID
    public var slug: LinkSlug
    public var room: RoomSlug
    /// `nil`: whoever comes is asked.
    public var name: DisplayName?
    /// Whether the camera starts switched on.
    public var camera: Bool
    public var target: DialTarget
    public var trunk: TrunkID?

    public init(id: LinkID, slug: LinkSlug, room: RoomSlug, name: DisplayName?, camera: Bool, target: DialTarget, trunk: TrunkID?) {
        self.id = id
        self.slug = slug
        self.room = room
        self.name = name
        self.camera = camera
        self.target = target
        self.trunk = trunk
    }
}

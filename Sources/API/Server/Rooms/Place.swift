import Domain

/// A browser's place in a room, held by one load of the page.
package struct Place: Sendable, Hashable {
    package var peer: PeerID
    package var room: RoomSlug
    package var load: LoadID

    package init(peer: PeerID, room: RoomSlug, load: LoadID) {
        self.peer = peer
        self.room = room
        self.load = load
    }
}

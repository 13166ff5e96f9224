/// The paths of a peer that has passed a check: at least one, and one of them selected.
struct ICEConnection: ~Copyable, Sendable {
    /// A peer with more addresses than this at once loses the one that was quiet longest.
    static let mostPaths = 8

    private(set) var selected: TransportPath
    private(set) var isNominated: Bool
    private(set) var lastCheck: Duration
    private var paths: [(path: TransportPath, lastCheck: Duration)] = []

    /// The first check: its path is usable at once, nominated or not, so that media need not wait for the peer
    /// to make up its mind.
    init(first path: TransportPath, isNominated: Bool, now: Duration) {
        selected = path
        self.isNominated = isNominated
        lastCheck = now
        paths.reserveCapacity(Self.mostPaths)
        paths.append((path, now))
    }

    func contains(_ path: TransportPath) -> Bool {
        paths.contains { $0.path == path }
    }

    /// A further check. The last nomination wins: that is how a peer moves from one network to another.
    mutating func check(_ path: TransportPath, isNominating: Bool, now: Duration) -> ICEPathUpdate {
        var update = ICEPathUpdate()
        lastCheck = now
        if isNominating {
            isNominated = true
            if selected != path {
                selected = path
                update.selected = path
            }
        }
        if let index = paths.firstIndex(where: { $0.path == path }) {
            paths[index].lastCheck = now
            return update
        }
        update.isNewPath = true
        if paths.count == Self.mostPaths { update.forgotten = forgetQuietest() }
        paths.append((path, now))
        return update
    }

    private mutating func forgetQuietest() -> TransportPath? {
        let others = paths.indices.filter { paths[$0].path != selected }
        guard let quietest = others.min(by: { paths[$0].lastCheck < paths[$1].lastCheck }) else { return nil }
        return paths.remove(at: quietest).path
    }
}

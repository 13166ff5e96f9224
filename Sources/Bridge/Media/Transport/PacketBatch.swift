import ICE

/// Datagrams that are ready to leave, in one arena: the engine fills it, the driver sends and empties it.
///
/// The arena keeps its capacity, so a batch in steady state allocates nothing.
public struct PacketBatch: Sendable {
    /// One datagram: where it goes, and which bytes of the arena it is.
    public struct Entry: Sendable {
        public var path: TransportPath
        public var range: Range<Int>
    }

    public private(set) var bytes: [UInt8] = []
    public private(set) var entries: [Entry] = []

    public init() {
        bytes.reserveCapacity(64 * 1024)
        entries.reserveCapacity(256)
    }

    public var isEmpty: Bool { entries.isEmpty }

    /// Adds the datagram that `build` appends to the arena.
    ///
    /// `build` returns `false` to leave nothing behind; bytes before `start` are not its own.
    @inline(__always)
    public mutating func append(on path: TransportPath, _ build: (_ arena: inout [UInt8], _ start: Int) -> Bool) {
        let start = bytes.count
        guard build(&bytes, start), bytes.count > start else {
            if bytes.count > start { bytes.removeLast(bytes.count - start) }
            return
        }
        entries.append(Entry(path: path, range: start..<bytes.count))
    }

    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }
}

import Linux
import Synchronization

/// The RTP ports of a bridge: even ones for RTP, the odd ones above for RTCP (RFC 3550 section 11), shared by all media threads.
final class RTPPorts: Sendable {
    /// First and last even port.
    private let first: UInt16
    private let count: Int
    private let state: Mutex<(next: Int, taken: Set<UInt16>)>

    /// `nil` unless there is room for one pair in `range`.
    init?(_ range: ClosedRange<UInt16>) {
        let first = range.lowerBound + range.lowerBound % 2
        guard first < range.upperBound, first >= range.lowerBound else { return nil }
        self.first = first
        count = (Int(range.upperBound) - Int(first) + 1) / 2
        state = Mutex((0, []))
    }

    /// Opens the sockets of the next free pair, in turn: a port that was just given back gets a rest, so that late packets of an old call
    /// find nobody. `nil` if none is free.
    func open() -> PhoneSockets? {
        for _ in 0..<count {
            let port: UInt16? = state.withLock { state in
                let port = first + UInt16(state.next * 2)
                state.next = (state.next + 1) % count
                return state.taken.insert(port).inserted ? port : nil
            }
            guard let port else { continue }
            // Somebody else on this machine may have it.
            if let sockets = PhoneSockets(port: port) { return sockets }
            give(back: port)
        }
        return nil
    }

    func give(back port: UInt16) { state.withLock { _ = $0.taken.remove(port) } }
}

/// The port pair of one phone leg.
final class PhoneSockets {
    let port: UInt16
    let media: UDPSocket
    let control: UDPSocket

    fileprivate init?(port: UInt16) {
        guard let media = try? UDPSocket(bind: SocketAddress(ipv4: 0, port: port)),
            let control = try? UDPSocket(bind: SocketAddress(ipv4: 0, port: port + 1))
        else { return nil }
        self.port = port
        self.media = media
        self.control = control
    }
}

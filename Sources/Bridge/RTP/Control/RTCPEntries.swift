/// One of several entries of equal length in an RTCP packet.
public protocol RTCPEntry: Equatable, Sendable {
    /// Bytes of one entry.
    static var length: Int { get }
    /// Reads the entry at `offset`; all of its `length` bytes are there.
    init(_ bytes: Span<UInt8>, at offset: Int)
}

/// Where the entries of an RTCP packet lie; they are read, one at a time, from the datagram they came in.
public struct RTCPEntries<Entry: RTCPEntry>: Equatable, Sendable {
    public let count: Int
    let start: Int

    init(start: Int, count: Int) {
        self.start = start
        self.count = count
    }

    /// The entry at `index`.
    /// - Returns: `nil` if there is none, or if `datagram` is shorter than the one that was read.
    public func entry(at index: Int, in datagram: Span<UInt8>) -> Entry? {
        guard index >= 0, index < count else { return nil }
        let offset = start + index * Entry.length
        guard offset + Entry.length <= datagram.count else { return nil }
        return Entry(datagram, at: offset)
    }

    /// Calls `body` with each entry.
    public func forEach(in datagram: Span<UInt8>, _ body: (Entry) -> Void) {
        for index in 0..<count {
            guard let entry = entry(at: index, in: datagram) else { return }
            body(entry)
        }
    }
}

/// The id of a stream, as it is listed in BYE and REMB.
public struct RTCPSource: RTCPEntry {
    public static let length = 4
    public var ssrc: UInt32

    public init(_ bytes: Span<UInt8>, at offset: Int) {
        ssrc = bytes.uint32(at: offset)
    }
}

/// A packet that is missed, and which of the 16 after it are, too (RFC 4585 section 6.2.1).
public struct RTCPMissing: RTCPEntry {
    public static let length = 4
    public var first: UInt16
    /// Bit *n* stands for the packet *n* + 1 after `first`.
    public var following: UInt16

    public init(first: UInt16, following: UInt16) {
        self.first = first
        self.following = following
    }

    public init(_ bytes: Span<UInt8>, at offset: Int) {
        first = bytes.uint16(at: offset)
        following = bytes.uint16(at: offset + 2)
    }

    /// Calls `body` with each missing sequence number, 1 to 17 of them, in order.
    public func forEach(_ body: (UInt16) -> Void) {
        body(first)
        for bit in 0..<16 as Range<UInt16> where following & (1 << bit) != 0 {
            body(first &+ bit &+ 1)
        }
    }
}

/// A request for a whole picture of one stream (RFC 5104 section 4.3.1.1).
public struct RTCPFullIntraEntry: RTCPEntry {
    public static let length = 8
    public var ssrc: UInt32
    /// Changes with each new request; a repetition keeps it.
    public var sequenceNumber: UInt8

    public init(ssrc: UInt32, sequenceNumber: UInt8) {
        self.ssrc = ssrc
        self.sequenceNumber = sequenceNumber
    }

    public init(_ bytes: Span<UInt8>, at offset: Int) {
        ssrc = bytes.uint32(at: offset)
        sequenceNumber = bytes[offset + 4]
    }
}

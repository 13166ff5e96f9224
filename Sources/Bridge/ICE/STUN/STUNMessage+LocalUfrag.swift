extension STUNMessage {
    /// The longest fragment that `localUfrag(in:)` returns; ours have `ICECredentials.ufragLength` characters.
    public static let longestLocalUfrag = 32

    /// The part of USERNAME before the colon: to a receiver of checks, its own fragment (RFC 8445 section 7.2.2).
    ///
    /// Cheap enough for every datagram on a shared port: no checksum, no integrity, and a fragment of our length
    /// makes no heap allocation. It only tells which agent is meant; the agent tells whether it is true.
    /// - Returns: `nil` if the datagram is not STUN, or names no fragment of ice-chars.
    public static func localUfrag(in datagram: Span<UInt8>) -> String? {
        guard hasHeader(datagram), datagram.count <= largestLength else { return nil }
        var walk = STUNAttributeWalk()
        while let attribute = try? walk.next(in: datagram) {
            guard attribute.type == STUNAttributeType.username else { continue }
            return ufrag(in: attribute.value, of: datagram)
        }
        return nil
    }

    private static func ufrag(in value: Range<Int>, of datagram: Span<UInt8>) -> String? {
        for index in value.prefix(longestLocalUfrag + 1) {
            if datagram[index] == UInt8(ascii: ":") {
                guard index - value.lowerBound >= ICECredentials.shortestUfrag else { return nil }
                return String(unsafeUninitializedCapacity: index - value.lowerBound) { buffer in
                    for offset in 0..<index - value.lowerBound { buffer[offset] = datagram[value.lowerBound + offset] }
                    return index - value.lowerBound
                }
            }
            guard ICECredentials.isICEChar(datagram[index]) else { return nil }
        }
        return nil
    }
}

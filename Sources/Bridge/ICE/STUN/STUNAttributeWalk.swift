/// Steps over the attributes of a message whose header is right, at most `STUNMessage.mostAttributes` of them.
struct STUNAttributeWalk {
    private var offset = STUNMessage.headerLength
    private var count = 0

    mutating func next(in datagram: Span<UInt8>) throws(STUNParseError) -> (type: UInt16, value: Range<Int>)? {
        guard offset < datagram.count else { return nil }
        guard count < STUNMessage.mostAttributes else { throw .tooLarge }
        // The length of the datagram is a multiple of four, and so is the offset: the head always fits.
        let type = datagram.uint16(at: offset)
        let value = offset + 4..<offset + 4 + Int(datagram.uint16(at: offset + 2))
        guard value.upperBound <= datagram.count else { throw .malformedAttribute(type: type) }
        offset = (value.upperBound + 3) & ~3
        count += 1
        return (type, value)
    }
}

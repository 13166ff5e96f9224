/// When a camera's pictures come, and which of them are whole: 500 kbit/s of payload on the average.
///
/// A whole picture is larger than the others; as with an encoder's rate control, those after it are left out until it is paid for.
package struct CameraPacing: Sendable {
    package static let bitsPerSecond = 500_000
    /// In which the packets of a delta frame make up the bit rate: 28 pictures a second.
    package static let interval = Duration.nanoseconds(
        1_000_000_000 * 8 * VP8Frame.payloadLength * VP8Frame.deltaPackets / bitsPerSecond)
    /// A whole picture comes at least this often, and at most that often, as browsers limit it.
    package static let longestWithoutKey = Duration.seconds(5)
    package static let shortestBetweenKeys = Duration.milliseconds(300)

    private var credit = 0
    private var lastKey: Duration?
    private var isAsked = true
    private var pictureID: UInt16

    package init(firstPictureID: UInt16) { pictureID = firstPictureID }

    /// A receiver has lost the picture, or has never had one.
    package mutating func requestKey() { isAsked = true }

    /// What is sent at `now`, once an `interval`; `nil` if the rate allows nothing yet.
    package mutating func next(now: Duration) -> VP8Frame? {
        credit = min(credit + VP8Frame.deltaPackets, VP8Frame.deltaPackets)
        let sinceKey = lastKey.map { now - $0 }
        let isKey = sinceKey.map { $0 >= Self.longestWithoutKey || isAsked && $0 >= Self.shortestBetweenKeys } ?? true
        guard isKey || credit >= VP8Frame.deltaPackets else { return nil }
        if isKey {
            lastKey = now
            isAsked = false
        }
        pictureID &+= 1
        let frame = VP8Frame(isKey: isKey, pictureID: pictureID)
        credit -= frame.packetCount
        return frame
    }
}

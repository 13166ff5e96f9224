/// What a receiver makes of one video stream: when its first whole key frame was there, and whether it must ask for one.
///
/// Counts packets of the frame between its beginning and its marker; a frame with a hole is none. Late packets are not waited for.
package struct PictureReception: Sendable {
    /// Between two requests of the same receiver.
    package static let requestInterval = Duration.milliseconds(200)

    /// When the first whole key frame was complete.
    package private(set) var firstKey: Duration?
    private var frame: (timestamp: UInt32, next: UInt16, isKey: Bool)?
    private var lastRequest: Duration?

    package init() {}

    /// - Returns: whether a picture is to be asked for: something came that cannot be shown without one.
    package mutating func receive(_ payload: ArraySlice<UInt8>, sequenceNumber: UInt16, timestamp: UInt32, marker: Bool, now: Duration) -> Bool {
        guard firstKey == nil else { return false }
        if let isKey = VP8Frame.beginsKey(payload) {
            frame = (timestamp, sequenceNumber, isKey)
        }
        guard let current = frame, current.timestamp == timestamp, current.next == sequenceNumber else {
            frame = nil
            return marker && mayRequest(now)
        }
        frame?.next = sequenceNumber &+ 1
        guard marker else { return false }
        frame = nil
        if current.isKey {
            firstKey = now
            return false
        }
        return mayRequest(now)
    }

    private mutating func mayRequest(_ now: Duration) -> Bool {
        if let lastRequest, now - lastRequest < Self.requestInterval { return false }
        lastRequest = now
        return true
    }
}

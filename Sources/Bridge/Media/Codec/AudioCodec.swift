/// Turns payloads into samples. One per received stream; used from one thread at a time.
///
/// Samples are 16-bit mono at `sampleRate`. Nothing here allocates per frame once the arrays have grown.
public protocol AudioDecoder: AnyObject {
    /// Samples per second of what comes out.
    var sampleRate: Int { get }
    /// Appends the samples of one payload.
    /// - Returns: how many were appended; 0 if the payload cannot be decoded (nothing is appended then).
    func decode(_ payload: Span<UInt8>, into samples: inout [Int16]) -> Int
    /// Appends `count` samples for a lost payload, recovered from the redundancy in the payload that follows it.
    /// - Returns: `false` (nothing appended) if the codec has none in that payload.
    func recover(count: Int, from next: Span<UInt8>, into samples: inout [Int16]) -> Bool
    /// Appends `count` concealed samples for a payload that never came.
    func conceal(count: Int, into samples: inout [Int16])
    /// Samples (at `sampleRate`) that `payload` holds, without decoding it; `nil` if it is malformed.
    func duration(of payload: Span<UInt8>) -> Int?
}

/// Turns samples into payloads. One per sent stream; used from one thread at a time.
public protocol AudioEncoder: AnyObject {
    /// Samples per second of what goes in.
    var sampleRate: Int { get }
    /// Appends the payload of one frame of 20 ms.
    func encode(_ frame: [Int16], into payload: inout [UInt8])
}

import CLibOpus

/// libopus refused to make a codec: wrong parameters of ours, or no memory.
public struct OpusError: Error, Equatable, CustomStringConvertible {
    /// libopus's code.
    public var code: Int32

    public var description: String { "Opus: \(String(cString: opus_strerror(code)))" }
}

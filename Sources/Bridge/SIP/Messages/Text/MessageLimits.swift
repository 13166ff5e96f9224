/// How much of anything a message may hold. What is longer is refused before it is looked at.
public enum MessageLimits {
    /// Bytes of a whole message: the largest UDP payload is smaller.
    public static let message = 65_535
    /// Header lines, folded ones counted as one.
    public static let headerLines = 128
    /// Values of one header over all its lines, for headers that are read as lists.
    public static let listValues = 64
    /// Bytes of the name of a header.
    public static let headerName = 256
    /// Bytes of the value of one header line.
    public static let headerValue = 8_192
    /// Bytes of a Request-URI; a longer one is answered 414.
    public static let uri = 2_048
    /// Bytes of the name of a method.
    public static let method = 64
    /// Bytes of a Call-ID, a tag or a branch: tables are kept by them.
    public static let identifier = 512
    /// Parameters of one URI or of one header value.
    public static let parameters = 64
}

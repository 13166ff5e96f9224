/// What is wrong with bytes that should be a message; `line` counts from 1, folded lines each.
public enum SIPParseFault: Error, Equatable, Sendable {
    /// Nothing but line ends.
    case empty
    /// Longer than `MessageLimits.message`.
    case tooLong(bytes: Int)
    /// The first line is that of no request and no response of SIP.
    case notSIP
    /// The first line is nearly one.
    case malformedStartLine
    /// A SIP version other than 2.0.
    case unsupportedVersion
    /// The Request-URI is longer than `MessageLimits.uri`.
    case uriTooLong(bytes: Int)
    case malformedURI
    /// There is no empty line after the headers.
    case incomplete
    /// A line without a name and a colon.
    case notAHeader(line: Int)
    /// A control character, or a CR without LF: it could forge lines in what echoes it.
    case controlCharacter(line: Int)
    case lineTooLong(line: Int)
    case tooManyLines
    case missing(HeaderName)
    /// A header that may come once comes again.
    case duplicate(HeaderName)
    case malformed(HeaderName)
    /// CSeq names another method than the first line.
    case methodMismatch
    /// Content-Length promises more than came.
    case bodyCut(expected: Int, bytes: Int)

    /// The status that answers it, if it is answered.
    public var status: UInt16 {
        switch self {
        case .tooLong: 513
        case .unsupportedVersion: 505
        case .uriTooLong: 414
        default: 400
        }
    }
}

extension SIPParseFault: CustomStringConvertible {
    /// A few words for a person, fit for the reason phrase of a response.
    public var description: String {
        switch self {
        case .empty: "No message"
        case .tooLong(let bytes): "Message of \(bytes) bytes is too large"
        case .notSIP: "Not SIP"
        case .malformedStartLine: "Malformed start line"
        case .unsupportedVersion: "Version Not Supported"
        case .uriTooLong: "Request-URI Too Long"
        case .malformedURI: "Malformed Request-URI"
        case .incomplete: "No empty line after the headers"
        case .notAHeader(let line): "Line \(line) is no header"
        case .controlCharacter(let line): "Control character in line \(line)"
        case .lineTooLong(let line): "Line \(line) is too long"
        case .tooManyLines: "Too many header lines"
        case .missing(let name): "Missing \(name.text)"
        case .duplicate(let name): "\(name.text) more than once"
        case .malformed(let name): "Malformed \(name.text)"
        case .methodMismatch: "CSeq names another method"
        case .bodyCut(let expected, let bytes): "Body has \(bytes) of \(expected) bytes"
        }
    }
}

/// Why bytes are no message, and the answer that they deserve.
public struct SIPParseError: Error, Equatable, Sendable {
    public var fault: SIPParseFault
    /// The answer to a request that says enough of itself to be answered; `nil` for silence.
    public var rejection: SIPRejection?
}

extension SIPParseError: CustomStringConvertible {
    public var description: String { fault.description }
}

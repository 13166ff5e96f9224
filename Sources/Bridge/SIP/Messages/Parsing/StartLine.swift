/// The first line of a message (RFC 3261 sections 7.1 and 7.2).
enum StartLine {
    /// The fault is one that still lets the request be answered.
    case request(SIPMethod, Result<AddressURI, SIPParseFault>)
    case response(status: UInt16, reasonPhrase: String)

    init(_ line: ArraySlice<UInt8>) throws(SIPParseFault) {
        if line.count >= 4, equalIgnoringCase(String(decoding: line.prefix(4), as: UTF8.self), "SIP/") {
            self = try Self.response(line)
        } else {
            self = try Self.request(line)
        }
    }

    private static func response(_ line: ArraySlice<UInt8>) throws(SIPParseFault) -> StartLine {
        let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard isVersion2(parts[0]) else { throw .unsupportedVersion }
        guard parts.count >= 2, parts[1].count == 3, let status: UInt16 = decimal(parts[1]), (100...699).contains(status) else {
            throw .malformedStartLine
        }
        return .response(status: status, reasonPhrase: parts.count == 3 ? String(decoding: parts[2], as: UTF8.self) : "")
    }

    private static func request(_ line: ArraySlice<UInt8>) throws(SIPParseFault) -> StartLine {
        // White space at the end is a fault, but does not hide that this is a request.
        let trimmed = line.trimmingSpace()
        guard let first = trimmed.firstIndex(of: 0x20), let last = trimmed.lastIndex(of: 0x20), first < last,
            let method = SIPMethod(String(decoding: trimmed[..<first], as: UTF8.self))
        else { throw .notSIP }
        let version = trimmed[(last + 1)...]
        guard version.count >= 4, equalIgnoringCase(String(decoding: version.prefix(4), as: UTF8.self), "SIP/") else { throw .notSIP }
        guard isVersion2(version) else { return .request(method, .failure(.unsupportedVersion)) }
        let uri = trimmed[(first + 1)..<last]
        guard uri.count <= MessageLimits.uri else { return .request(method, .failure(.uriTooLong(bytes: uri.count))) }
        guard trimmed.count == line.count else { return .request(method, .failure(.malformedStartLine)) }
        // Headers in a Request-URI have no meaning (section 19.1.1), and could smuggle some in.
        guard let uri = AddressURI(uri), uri.sip?.headers.isEmpty ?? true else { return .request(method, .failure(.malformedURI)) }
        return .request(method, .success(uri))
    }

    private static func isVersion2(_ version: ArraySlice<UInt8>) -> Bool {
        equalIgnoringCase(String(decoding: version, as: UTF8.self), "SIP/2.0")
    }
}

extension SIPMessage {
    /// Reads the message of one datagram (RFC 3261 section 18.3): what follows the body is dropped, a body without
    /// Content-Length goes to the end.
    /// - Throws: `SIPParseError`, with the answer where there is to be one.
    public init(parsing datagram: Span<UInt8>) throws(SIPParseError) {
        guard datagram.count <= MessageLimits.message else { throw SIPParseError(fault: .tooLong(bytes: datagram.count)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(datagram.count)
        for index in datagram.indices { bytes.append(datagram[index]) }
        let raw = RawMessage(bytes)
        if raw.fault == .empty { throw SIPParseError(fault: .empty) }
        let line: StartLine
        do {
            line = try StartLine(raw.startLine)
        } catch {
            throw SIPParseError(fault: error)
        }
        do {
            switch line {
            case .response(let status, let reasonPhrase):
                self = .response(try Self.response(status, reasonPhrase, raw))
            case .request(let method, let uri):
                self = .request(try Self.request(method, try uri.get(), raw))
            }
        } catch {
            guard case .request(let method, _) = line else { throw SIPParseError(fault: error) }
            throw SIPParseError(fault: error, rejection: SIPRejection(error, method: method, fields: raw.fields))
        }
    }

    private static func request(_ method: SIPMethod, _ uri: AddressURI, _ raw: RawMessage) throws(SIPParseFault) -> SIPRequest {
        if let fault = raw.fault { throw fault }
        let fields = try TypedFields(raw.fields)
        guard fields.cseq.method == method else { throw .methodMismatch }
        var request = SIPRequest(
            method, uri: uri, vias: fields.vias, from: fields.from, to: fields.to, callID: fields.callID, cseq: fields.cseq.number,
            maxForwards: fields.maxForwards, contacts: fields.contacts, routes: fields.routes, headers: fields.others,
            body: try body(raw, fields))
        request.hasWildcardContact = fields.hasWildcardContact
        request.recordRoutes = fields.recordRoutes
        guard !request.hasWildcardContact || method == .register else { throw .malformed(.contact) }
        return request
    }

    private static func response(_ status: UInt16, _ reasonPhrase: String, _ raw: RawMessage) throws(SIPParseFault) -> SIPResponse {
        if let fault = raw.fault { throw fault }
        let fields = try TypedFields(raw.fields)
        guard !fields.hasWildcardContact else { throw .malformed(.contact) }
        return SIPResponse(
            status, reasonPhrase, vias: fields.vias, from: fields.from, to: fields.to, callID: fields.callID, cseq: fields.cseq,
            contacts: fields.contacts, recordRoutes: fields.recordRoutes, headers: fields.others, body: try body(raw, fields))
    }

    private static func body(_ raw: RawMessage, _ fields: TypedFields) throws(SIPParseFault) -> [UInt8] {
        guard let length = fields.contentLength else { return Array(raw.rest) }
        guard length <= raw.rest.count else { throw .bodyCut(expected: length, bytes: raw.rest.count) }
        return Array(raw.rest.prefix(length))
    }
}

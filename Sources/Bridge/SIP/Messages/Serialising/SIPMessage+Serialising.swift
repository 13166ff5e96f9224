extension SIPRequest {
    /// Appends the request as it goes on the wire; Content-Length is that of the body.
    public func serialise(into bytes: inout [UInt8]) {
        var writer = MessageWriter()
        writer.startLine([method.name, uri.text, "SIP/2.0"])
        writer.vias(vias)
        writer.list(.route, routes)
        writer.list(.recordRoute, recordRoutes)
        if let maxForwards { writer.field(.maxForwards, "\(maxForwards)") }
        writer.identity(from: from, to: to, callID: callID, cseq: cseq)
        if hasWildcardContact { writer.field(.contact, "*") } else { writer.list(.contact, contacts) }
        writer.others(headers)
        writer.finish(body: body, into: &bytes)
    }
}

extension SIPResponse {
    /// Appends the response as it goes on the wire; Content-Length is that of the body.
    public func serialise(into bytes: inout [UInt8]) {
        var writer = MessageWriter()
        writer.startLine(["SIP/2.0", "\(status)", reasonPhrase])
        writer.vias(vias)
        writer.list(.recordRoute, recordRoutes)
        writer.identity(from: from, to: to, callID: callID, cseq: cseq)
        writer.list(.contact, contacts)
        writer.others(headers)
        writer.finish(body: body, into: &bytes)
    }
}

extension SIPMessage {
    /// Appends the message as it goes on the wire.
    public func serialise(into bytes: inout [UInt8]) {
        switch self {
        case .request(let request): request.serialise(into: &bytes)
        case .response(let response): response.serialise(into: &bytes)
        }
    }
}

extension MessageWriter {
    fileprivate mutating func vias(_ vias: [Via]) {
        for via in vias { field(.via, via.text) }
    }

    fileprivate mutating func list(_ name: HeaderName, _ values: [NameAddress]) {
        for value in values { field(name, value.text) }
    }

    fileprivate mutating func identity(from: NameAddress, to: NameAddress, callID: String, cseq: CSeq) {
        field(.from, from.text)
        field(.to, to.text)
        field(.callID, callID)
        field(.cseq, cseq.text)
    }

    fileprivate mutating func others(_ headers: HeaderFields) {
        for header in headers.all where header.name != .contentLength { field(header.name, header.value) }
    }
}

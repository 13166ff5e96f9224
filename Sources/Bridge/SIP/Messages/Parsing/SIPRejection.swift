/// The answer to a request that could not be read as a whole, made of the lines of it that can be given back.
///
/// It is sent without a transaction and forgotten (RFC 3261 section 8.2.7): a retransmission gets the same answer.
public struct SIPRejection: Equatable, Sendable {
    public var status: UInt16
    public var reasonPhrase: String
    /// The topmost Via: note the source in it, then ask it where to send.
    public var via: Via
    /// From, To, Call-ID, CSeq and the other values of Via, as they came.
    public private(set) var echoed: HeaderFields

    /// - Returns: `nil` for ACK, which nobody answers, and for a request that does not say where it came from.
    init?(_ fault: SIPParseFault, method: SIPMethod, fields: [RawField]) {
        guard method != .ack, let first = fields.first(where: { $0.name == .via })?.value,
            let elements = first[...].listElements(limit: MessageLimits.listValues), let top = elements.first, let via = Via(top)
        else { return nil }
        status = fault.status
        reasonPhrase = fault.description
        self.via = via
        echoed = HeaderFields()
        for element in elements.dropFirst() { echoed.append(.via, String(decoding: element, as: UTF8.self)) }
        for field in fields.drop(while: { $0.name != .via }).dropFirst() where field.name == .via { echoed.append(.via, field.text) }
        for name in [HeaderName.from, .to, .callID, .cseq] {
            guard let field = fields.first(where: { $0.name == name }) else { continue }
            echoed.append(name, field.text)
        }
        guard echoed.contains(.callID), echoed.contains(.cseq) else { return nil }
    }

    /// Puts a tag into To, where To can be read and has none (section 8.2.6.2).
    public mutating func addTag(_ tag: String) {
        guard var to = echoed[.to].flatMap({ NameAddress($0) }), to.tag == nil else { return }
        to.tag = tag
        echoed[.to] = to.text
    }

    /// Appends the response as it goes on the wire.
    public func serialise(into bytes: inout [UInt8]) {
        var writer = MessageWriter()
        writer.startLine(["SIP/2.0", "\(status)", reasonPhrase])
        writer.field(.via, via.text)
        for field in echoed.all { writer.field(field.name, field.value) }
        writer.finish(body: [], into: &bytes)
    }
}

/// One value of the Reason header: why a call ended as it did (RFC 3326).
public struct ReasonHeader: Equatable, Sendable {
    /// `Q.850`, `SIP` and so on, as it was written.
    public var protocolName: String
    /// A Q.850 cause, or a SIP status.
    public var cause: UInt16?
    /// For people.
    public var text: String?

    public init(_ protocolName: String, cause: UInt16?, text: String? = nil) {
        self.protocolName = protocolName
        self.cause = cause
        self.text = text
    }

    init?(_ bytes: ArraySlice<UInt8>) {
        var scanner = TextScanner(bytes)
        scanner.skipSpace()
        guard let name = scanner.token(), let parameters = scanner.headerParameters() else { return nil }
        protocolName = name
        cause = parameters["cause"].flatMap { decimal($0.utf8) }
        text = parameters["text"]
    }

    /// The value as it stands in the header.
    public var value: String {
        var writer = ValueWriter()
        writer.plain(protocolName)
        var parameters = Parameters()
        if let cause { parameters["cause"] = "\(cause)" }
        if let text { parameters.set(Parameter("text", text, isQuoted: true)) }
        writer.parameters(parameters)
        return writer.text
    }
}

extension HeaderFields {
    /// The values of Reason that can be read.
    public var reasons: [ReasonHeader] {
        lines(.reason).prefix(MessageLimits.listValues).flatMap { line -> [ReasonHeader] in
            (Array(line.utf8)[...].listElements(limit: MessageLimits.listValues) ?? []).compactMap { ReasonHeader($0) }
        }
    }

    /// The cause of the telephone network, as a gateway tells it; 0 to 127.
    public var q850Cause: UInt8? {
        reasons.first { equalIgnoringCase($0.protocolName, "Q.850") }?.cause.flatMap { $0 < 128 ? UInt8($0) : nil }
    }

    /// The SIP status for which a request was sent, such as 200 in a CANCEL: «call completed elsewhere».
    public var sipCause: UInt16? {
        reasons.first { equalIgnoringCase($0.protocolName, "SIP") }?.cause
    }
}

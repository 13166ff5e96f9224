/// `a=fmtp` (RFC 8866 section 6.15): the parameters of a format.
public struct FormatParameters: AttributeValue {
    public struct Parameter: Equatable, Sendable {
        public var name: String
        /// `nil` where there is no equals sign, as in the `0-15` of telephone-event.
        public var value: String?

        public init(_ name: String, _ value: String? = nil) {
            self.name = name
            self.value = value
        }
    }

    public static let attributeName = "fmtp"
    public var format: String
    public var parameters: [Parameter]

    public init(format: String, parameters: [Parameter]) {
        self.format = format
        self.parameters = parameters
    }

    public init?(_ value: String) {
        var fields = FieldReader(value)
        guard let format = fields.field(), let list = fields.remainder() else { return nil }
        self.init(format: format, parameters: [])
        for part in list.utf8.split(separator: UInt8(ascii: ";")) {
            var parameter = FieldReader(String(Substring(part)))
            guard let text = parameter.remainder() else { continue }
            var pair = FieldReader(text)
            let name = pair.upTo(UInt8(ascii: "="))
            parameters.append(Parameter(name, name.utf8.count < text.utf8.count ? pair.remainder() ?? "" : nil))
        }
    }

    public var value: String {
        let list = parameters.map { parameter in parameter.value.map { "\(parameter.name)=\($0)" } ?? parameter.name }
        return "\(format) \(list.joined(separator: ";"))"
    }

    /// The value of a parameter, whose name is compared without regard to case.
    public subscript(name: String) -> String? {
        let wanted = name.lowercased()
        return parameters.first { $0.name.lowercased() == wanted }?.value
    }
}

/// `a=rtcp-fb` (RFC 4585 section 4.2): a kind of feedback that may be sent for a format.
public struct RTCPFeedback: AttributeValue {
    public static let attributeName = "rtcp-fb"
    /// `nil` is `*`: every format of the section.
    public var payloadType: UInt8?
    /// Such as `nack`, `nack pli`, `ccm fir`, `transport-cc`.
    public var type: String

    public init(payloadType: UInt8?, type: String) {
        self.payloadType = payloadType
        self.type = type
    }

    public init?(_ value: String) {
        var fields = FieldReader(value)
        guard let format = fields.field(), let type = fields.remainder() else { return nil }
        let payloadType: UInt8? = decimal(format.utf8)
        guard format == "*" || payloadType.map({ $0 < 128 }) == true else { return nil }
        self.init(payloadType: payloadType, type: type)
    }

    public var value: String { "\(payloadType.map { "\($0)" } ?? "*") \(type)" }
}

extension AttributeList {
    /// The parameters of one format.
    public func formatParameters(for format: String) -> FormatParameters? {
        every(FormatParameters.self).first { $0.format == format }
    }

    public var rtcpFeedback: [RTCPFeedback] { every() }
    /// RTP and RTCP share a port (RFC 5761).
    public var isRTCPMultiplexed: Bool { contains("rtcp-mux") || contains("rtcp-mux-only") }
    /// Milliseconds of audio in a packet, as who wrote this would like them (RFC 8866 section 6.4).
    public var packetTime: UInt16? { value(of: "ptime").flatMap { decimal($0.utf8) } }
    /// The most milliseconds of audio in a packet.
    public var maximumPacketTime: UInt16? { value(of: "maxptime").flatMap { decimal($0.utf8) } }
}

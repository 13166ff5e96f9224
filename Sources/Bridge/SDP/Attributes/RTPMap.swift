/// `a=rtpmap` (RFC 8866 section 6.6): what a payload type stands for.
public struct RTPMap: AttributeValue {
    public static let attributeName = "rtpmap"
    /// 0 to 127.
    public var payloadType: UInt8
    /// Compared without regard to case: see `encodes`.
    public var encoding: String
    /// Ticks of the RTP clock per second; 8,000 for G.722 too (RFC 3551 section 4.5.2).
    public var clockRate: UInt32
    public var channels: UInt8

    public init(payloadType: UInt8, encoding: String, clockRate: UInt32, channels: UInt8 = 1) {
        self.payloadType = payloadType
        self.encoding = encoding
        self.clockRate = clockRate
        self.channels = channels
    }

    public init?(_ value: String) {
        var fields = FieldReader(value)
        guard let payloadType: UInt8 = fields.number(), payloadType < 128, let format = fields.field() else { return nil }
        let parts = format.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, !parts[0].isEmpty,
            let clockRate: UInt32 = decimal(parts[1]), clockRate > 0,
            let channels: UInt8 = parts.count == 3 ? decimal(parts[2]) : 1, channels > 0
        else { return nil }
        self.init(payloadType: payloadType, encoding: String(Substring(parts[0])), clockRate: clockRate, channels: channels)
    }

    public var value: String {
        let start = "\(payloadType) \(encoding)/\(clockRate)"
        return channels == 1 ? start : "\(start)/\(channels)"
    }

    /// Whether this is the named encoding at that clock.
    public func encodes(_ encoding: String, clockRate: UInt32) -> Bool {
        self.clockRate == clockRate && self.encoding.lowercased() == encoding.lowercased()
    }

    /// The audio formats that need no `rtpmap` (RFC 3551 section 6), as far as anybody still speaks them.
    public static func assigned(to payloadType: UInt8) -> RTPMap? {
        let encoding: String? =
            switch payloadType {
            case 0: "PCMU"
            case 3: "GSM"
            case 4: "G723"
            case 8: "PCMA"
            case 9: "G722"
            case 13: "CN"
            case 15: "G728"
            case 18: "G729"
            default: nil
            }
        return encoding.map { RTPMap(payloadType: payloadType, encoding: $0, clockRate: 8000) }
    }
}

extension AttributeList {
    public var rtpMaps: [RTPMap] { every() }
}

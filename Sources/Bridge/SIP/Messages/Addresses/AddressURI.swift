/// A URI where SIP has one (`addr-spec`): ours to reach, or of another scheme.
public enum AddressURI: Equatable, Sendable {
    /// `sip:` or `sips:`.
    case sip(SIPURI)
    /// `tel:` and all others: the scheme in small letters, and what follows the colon as it was written.
    case other(scheme: String, String)

    /// Reads a URI without brackets and white space.
    public init?(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count <= MessageLimits.uri, let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = bytes[..<colon]
        guard scheme.first?.isLetter == true,
            scheme.allSatisfy({ $0.isAlphanumeric || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
        else { return nil }
        let rest = bytes[(colon + 1)...]
        switch String(decoding: scheme.map(\.lowercased), as: UTF8.self) {
        case "sip":
            guard let uri = SIPURI(rest, isSecure: false) else { return nil }
            self = .sip(uri)
        case "sips":
            guard let uri = SIPURI(rest, isSecure: true) else { return nil }
            self = .sip(uri)
        case let other:
            guard !rest.isEmpty, Escapes.areWhole(rest),
                rest.allSatisfy({ $0.isParameterValue || $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ",") })
            else { return nil }
            self = .other(scheme: other, String(decoding: rest, as: UTF8.self))
        }
    }

    /// The SIP URI, if it is one.
    public var sip: SIPURI? {
        if case .sip(let uri) = self { uri } else { nil }
    }

    /// The user of a SIP URI, or the number of a `tel:` URI without its parameters.
    public var user: String? {
        switch self {
        case .sip(let uri): uri.user
        case .other("tel", let rest): String(rest.prefix { $0 != ";" })
        case .other: nil
        }
    }

    public var text: String {
        switch self {
        case .sip(let uri): uri.text
        case .other(let scheme, let rest): "\(scheme):\(rest)"
        }
    }
}

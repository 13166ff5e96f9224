/// One contact of a REGISTER, with what is asked for it.
struct ContactRequest {
    /// Bytes of a contact that is kept.
    private static let maximumLength = 512

    var uri: SIPURI
    /// Seconds; 0 removes.
    var expires: UInt32
    /// In thousandths.
    var preference: UInt16

    /// - Returns: `nil` if it is no address that can be called, or too long to be kept.
    init?(_ contact: NameAddress, of request: SIPRequest, settings: RegistrarSettings) {
        guard let uri = contact.uri.sip, uri.text.utf8.count <= Self.maximumLength else { return nil }
        self.uri = uri
        if let parameter = contact.parameters["expires"] {
            expires = Self.seconds(parameter) ?? settings.defaultExpires
        } else if let header = request.headers[.expires] {
            expires = Self.seconds(header) ?? settings.defaultExpires
        } else {
            expires = settings.defaultExpires
        }
        preference = contact.parameters["q"].flatMap(Self.preference) ?? 1000
    }

    /// What cannot be read means the default (RFC 3261 section 20.10); what is too large, as much as there is.
    static func seconds(_ text: String) -> UInt32? {
        let digits = Array(text.utf8)[...].trimmingSpace()
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else { return nil }
        return decimal(digits) ?? .max
    }

    /// `qvalue`: 0 to 1 with up to three decimals.
    static func preference(_ text: String) -> UInt16? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts[0].count == 1, let whole: UInt16 = decimal(parts[0]), whole <= 1 else { return nil }
        var value = whole * 1000
        if parts.count == 2 {
            guard parts[1].count <= 3 else { return nil }
            var scale: UInt16 = 100
            for digit in parts[1] {
                guard digit.isDigit else { return nil }
                value += UInt16(digit - UInt8(ascii: "0")) * scale
                scale /= 10
            }
        }
        return value <= 1000 ? value : nil
    }

    static func text(preference: UInt16) -> String {
        if preference >= 1000 { return "1" }
        let digits = String(preference)
        return "0." + String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }
}

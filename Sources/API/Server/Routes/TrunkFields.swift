import Domain

/// How a trunk's fields are read from a body.
enum TrunkFields {
    static let name = JSONRule<ShortLabel>.text("It must be a name of 1 to 80 characters on one line.") { ShortLabel($0) }
    static let host = JSONRule<HostName>.text("It must be a host name or an IP address, without port.") { HostName($0) }

    /// What this release cannot honour yet; said clearly, so that nobody believes that it is.
    private static let later = ["register", "srtp", "dtmf", "max_calls_in", "max_calls_out", "calls_per_second", "rewrite", "caller_ids"]

    /// Every field but `name` and `host`.
    static func settings(_ fields: inout JSONFields) -> TrunkPatch {
        var patch = TrunkPatch()
        patch.isEnabled = fields.setting("enabled", .flag)
        patch.port = fields.setting("port", .integer(1...65_535)).map { UInt16(clamping: $0) }
        _ = fields.setting("transport", transport)
        patch.username = fields.change("username", username)
        patch.password = fields.change("password", password)
        patch.fromUser = fields.change("from_user", fromUser)
        patch.callerID = fields.change("caller_id", callerID)
        patch.priority = fields.setting("priority", .integer(TrunkSettings.priorities))
        patch.maximumCalls = fields.change("max_calls", .integer(TrunkSettings.callCounts))
        patch.prefixes = fields.setting("prefixes", .list(0...TrunkSettings.prefixLimit, of: prefix))
        patch.codecs = fields.setting("codecs", codecs)
        patch.latchesRTP = fields.setting("latch_rtp", .flag)
        for name in later where fields.has(name) { fields.refuse(name, "This release does not offer this field yet.") }
        return patch
    }

    /// What a rule about several fields says, at the field that is to be changed.
    static func fault(_ refusal: TrunkPatch.Refusal) -> FieldFault {
        switch refusal {
        case .passwordMissing: FieldFault(pointer: "#/password", detail: "A username needs its password.")
        case .usernameMissing: FieldFault(pointer: "#/username", detail: "A password needs its username.")
        case .fromUserNeeded:
            FieldFault(pointer: "#/from_user", detail: "This field is needed: the username has characters that a SIP address cannot have.")
        }
    }

    private static let transport = JSONRule<TrunkSettings.Transport>.text("It must be udp: this release speaks SIP over UDP only.") {
        TrunkSettings.Transport(rawValue: $0)
    }
    private static let username = JSONRule<DigestUsername>.text("It must be 1 to 128 bytes without control characters, quotes and backslashes.") {
        DigestUsername($0)
    }
    private static let password = JSONRule<TrunkPassword>.text("It must be 1 to 128 bytes without control characters.") { TrunkPassword($0) }
    private static let fromUser = JSONRule<SIPUser>.text("It must be 1 to 64 letters, digits and -_.!~*'()&=+$, only.") { SIPUser($0) }
    private static let callerID = JSONRule<E164Number>.text("It must be a number such as +4930901820.") { E164Number($0) }
    private static let prefix = JSONRule<NumberPrefix>.text("It must be + and 1 to 15 digits, such as +49.") { NumberPrefix($0) }
    private static let codecs = JSONRule<[TelephoneCodec]> { given, pointer, faults in
        let list = JSONRule<[TelephoneCodec]>.list(1...TelephoneCodec.allCases.count, of: .word)
        guard let codecs = list.read(given, pointer, &faults) else { return nil }
        guard Set(codecs).count == codecs.count else {
            faults.append(FieldFault(pointer: pointer, detail: "It must not name a codec twice."))
            return nil
        }
        return codecs
    }
}

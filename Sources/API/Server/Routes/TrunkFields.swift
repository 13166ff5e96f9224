import Domain

/// How a trunk's fields are read from a body.
enum TrunkFields {
    static let name = JSONRule<ShortLabel>.text("It must be a name of 1 to 80 characters on one line.") { ShortLabel($0) }
    static let host = JSONRule<HostName>.text("It must be a host name or an IP address, without port.") { HostName($0) }

    /// Every field but `name` and `host`.
    static func settings(_ fields: inout JSONFields) -> TrunkPatch {
        var patch = TrunkPatch()
        patch.isEnabled = fields.setting("enabled", .flag)
        patch.port = fields.setting("port", .integer(1...65_535)).map { UInt16(clamping: $0) }
        patch.username = fields.change("username", username)
        patch.password = fields.change("password", password)
        patch.fromUser = fields.change("from_user", fromUser)
        patch.callerIDs = fields.setting("caller_ids", callerIDs)
        patch.priority = fields.setting("priority", .integer(TrunkSettings.priorities))
        patch.maximumCalls = fields.change("max_calls", .integer(TrunkSettings.callCounts))
        patch.maximumOutgoingCalls = fields.change("max_calls_out", .integer(TrunkSettings.callCounts))
        patch.callsPerSecond = fields.change("calls_per_second", .integer(TrunkSettings.paces))
        patch.prefixes = fields.setting("prefixes", .list(0...TrunkSettings.prefixLimit, of: prefix))
        patch.rewriting = fields.setting("rewrite", .list(0...NumberRewriting.limit, of: rewriteRule)).map { NumberRewriting($0) }
        patch.codecs = fields.setting("codecs", codecs)
        patch.latchesRTP = fields.setting("latch_rtp", .flag)
        patch.optionsInterval = fields.change("options_interval", .integer(TrunkSettings.optionsIntervals))
        refuseWhatComesLater(&fields)
        return patch
    }

    /// What this release cannot honour yet is refused by a code of its own, so that nobody believes that it is honoured. What says that it is
    /// not wanted is taken.
    private static func refuseWhatComesLater(_ fields: inout JSONFields) {
        _ = fields.setting("transport", choice(of: "udp", later: "tcp", "tls"))
        _ = fields.setting("dtmf", choice(of: "rfc4733", later: "info", "auto"))
        _ = fields.setting("srtp", choice(of: "off", later: "allow", "require"))
        if fields.setting("register", .flag) == true {
            fields.refuse("register", "This release does not register with trunks: it is known to them by its address.", code: .notSupported)
        }
        if fields.has("max_calls_in") {
            fields.refuse("max_calls_in", "This release takes no calls from trunks.", code: .notSupported)
        }
    }

    /// One word, and those that a later release will take.
    private static func choice(of word: String, later: String...) -> JSONRule<String> {
        JSONRule { given, pointer, faults in
            switch given {
            case .text(word): return word
            case .text(let other) where later.contains(other):
                faults.append(FieldFault(pointer: pointer, detail: "This release offers \(word) only.", code: .notSupported))
            default: faults.append(FieldFault(pointer: pointer, detail: "It must be \(word)."))
            }
            return nil
        }
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

    private static let username = JSONRule<DigestUsername>.text("It must be 1 to 128 bytes without control characters, quotes and backslashes.") {
        DigestUsername($0)
    }
    private static let password = JSONRule<TrunkPassword>.text("It must be 1 to 128 bytes without control characters.") { TrunkPassword($0) }
    private static let fromUser = JSONRule<SIPUser>.text("It must be 1 to 64 letters, digits and -_.!~*'()&=+$, only.") { SIPUser($0) }
    private static let callerID = JSONRule<E164Number>.text("It must be a number such as +4930901820.") { E164Number($0) }
    private static let callerIDs = distinct(
        "It must not name a number twice.", JSONRule<[E164Number]>.list(0...TrunkSettings.callerIDLimit, of: callerID)
    ) { $0.text }
    private static let prefix = JSONRule<NumberPrefix>.text("It must be + and 1 to 15 digits, such as +49.") { NumberPrefix($0) }
    private static let codecs = distinct(
        "It must not name a codec twice.", JSONRule<[TelephoneCodec]>.list(1...TelephoneCodec.allCases.count, of: JSONRule<TelephoneCodec>.word)
    ) { $0.rawValue }

    private static let rewriteRule = JSONRule<NumberRewriting.Rule>.object { fields in
        let match = fields.required("match", matched)
        let strip = fields.setting("strip", .integer(0...16)) ?? 0
        let prepend = fields.setting("prepend", prepended) ?? ""
        guard let match else { return nil }
        guard let rule = NumberRewriting.Rule(match: match, strip: strip, prepend: prepend) else {
            fields.refuse("strip", "It must not be more than the characters of match, which are \(match.utf8.count).")
            return nil
        }
        return rule
    }
    private static let matched = JSONRule<String>.text("It must be + and up to 15 digits, such as +49.") {
        NumberRewriting.Rule.isMatch($0) ? $0 : nil
    }
    private static let prepended = JSONRule<String>.text("It must be up to \(NumberRewriting.Rule.prependLimit) digits, +, * and # only.") {
        NumberRewriting.Rule.isPrepend($0) ? $0 : nil
    }

    /// A list that names nothing twice.
    private static func distinct<Element: Sendable>(
        _ sentence: String, _ rule: JSONRule<[Element]>, by name: @escaping @Sendable (Element) -> String
    ) -> JSONRule<[Element]> {
        JSONRule { given, pointer, faults in
            guard let list = rule.read(given, pointer, &faults) else { return nil }
            guard Set(list.map(name)).count == list.count else {
                faults.append(FieldFault(pointer: pointer, detail: sentence))
                return nil
            }
            return list
        }
    }
}

import Domain

/// A trunk as REST shows it: everything but the password.
struct TrunkDocument: Encodable {
    var id: TrunkID
    var name: ShortLabel
    var enabled: Bool
    var host: HostName
    var port: UInt16
    var transport: String
    var username: DigestUsername?
    var fromUser: SIPUser?
    var callerIds: [E164Number]
    var priority: Int
    var maxCalls: Int?
    var maxCallsOut: Int?
    var callsPerSecond: Int?
    var prefixes: [NumberPrefix]
    var rewrite: [NumberRewriting.Rule]
    var codecs: [TelephoneCodec]
    var dtmf = "rfc4733"
    var latchRtp: Bool
    var optionsInterval: Int?
    var createdAt: String
    var updatedAt: String

    init(_ trunk: Trunk) {
        let settings = trunk.settings
        id = trunk.id
        name = settings.name
        enabled = settings.isEnabled
        host = settings.host
        port = settings.port
        transport = settings.transport.rawValue
        username = settings.username
        fromUser = settings.fromUser
        callerIds = settings.callerIDs
        priority = settings.priority
        maxCalls = settings.maximumCalls
        maxCallsOut = settings.maximumOutgoingCalls
        callsPerSecond = settings.callsPerSecond
        rewrite = settings.rewriting.rules
        optionsInterval = settings.optionsInterval
        prefixes = settings.prefixes
        codecs = settings.codecs
        latchRtp = settings.latchesRTP
        createdAt = Timestamp.rfc3339(milliseconds: trunk.createdAt)
        updatedAt = Timestamp.rfc3339(milliseconds: trunk.updatedAt)
    }
}

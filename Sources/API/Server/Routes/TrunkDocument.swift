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
    var callerId: E164Number?
    var priority: Int
    var maxCalls: Int?
    var prefixes: [NumberPrefix]
    var codecs: [TelephoneCodec]
    var latchRtp: Bool
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
        callerId = settings.callerID
        priority = settings.priority
        maxCalls = settings.maximumCalls
        prefixes = settings.prefixes
        codecs = settings.codecs
        latchRtp = settings.latchesRTP
        createdAt = Timestamp.rfc3339(milliseconds: trunk.createdAt)
        updatedAt = Timestamp.rfc3339(milliseconds: trunk.updatedAt)
    }
}

/// A change of some settings of a trunk: what it does not name stays.
public struct TrunkPatch: Sendable, Equatable {
    public var name: ShortLabel?
    public var isEnabled: Bool?
    public var host: HostName?
    public var port: UInt16?
    public var username: FieldChange<DigestUsername> = .keep
    public var password: FieldChange<TrunkPassword> = .keep
    public var fromUser: FieldChange<SIPUser> = .keep
    public var callerIDs: [E164Number]?
    public var priority: Int?
    public var maximumCalls: FieldChange<Int> = .keep
    public var maximumOutgoingCalls: FieldChange<Int> = .keep
    public var callsPerSecond: FieldChange<Int> = .keep
    public var prefixes: [NumberPrefix]?
    public var rewriting: NumberRewriting?
    public var codecs: [TelephoneCodec]?
    public var latchesRTP: Bool?
    public var optionsInterval: FieldChange<Int> = .keep

    public init() {}

    /// Why the settings would not do together.
    public enum Refusal: Error, Sendable, Equatable {
        /// A username without a password.
        case passwordMissing
        /// A password without a username.
        case usernameMissing
        /// The username cannot be the user part of From, and nothing else is given for it.
        case fromUserNeeded
    }

    /// The settings with this change. `hasPassword`: whether one is kept already.
    public func applied(to settings: TrunkSettings, hasPassword: Bool) throws(Refusal) -> TrunkSettings {
        var new = settings
        new.name = name ?? new.name
        new.isEnabled = isEnabled ?? new.isEnabled
        new.host = host ?? new.host
        new.port = port ?? new.port
        new.username = username.applied(to: new.username)
        new.fromUser = fromUser.applied(to: new.fromUser)
        new.callerIDs = callerIDs ?? new.callerIDs
        new.priority = priority ?? new.priority
        new.maximumCalls = maximumCalls.applied(to: new.maximumCalls)
        new.maximumOutgoingCalls = maximumOutgoingCalls.applied(to: new.maximumOutgoingCalls)
        new.callsPerSecond = callsPerSecond.applied(to: new.callsPerSecond)
        new.prefixes = prefixes ?? new.prefixes
        new.rewriting = rewriting ?? new.rewriting
        new.codecs = codecs ?? new.codecs
        new.latchesRTP = latchesRTP ?? new.latchesRTP
        new.optionsInterval = optionsInterval.applied(to: new.optionsInterval)
        switch (new.username, keepsPassword(hasPassword)) {
        case (nil, true): throw .usernameMissing
        case (.some, false): throw .passwordMissing
        case (let username?, true) where new.fromUser == nil && SIPUser(username.text) == nil: throw .fromUserNeeded
        case (nil, false), (.some, true): return new
        }
    }

    /// Whether there is a password after the change. Without its username a kept one is of no use: it goes with it.
    private func keepsPassword(_ hasPassword: Bool) -> Bool {
        switch password {
        case .set: true
        case .clear: false
        case .keep: if case .clear = username { false } else { hasPassword }
        }
    }
}

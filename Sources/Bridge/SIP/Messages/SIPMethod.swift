/// A method. Names are compared with their case: `invite` is another method than `INVITE` (RFC 3261 section 7.1).
public enum SIPMethod: Hashable, Sendable {
    case invite, ack, bye, cancel, options, register
    case update, info, prack, refer, notify, subscribe, message, publish
    /// A method that this library does not know, by its name.
    case other(String)

    private static let known: [SIPMethod] = [
        .invite, .ack, .bye, .cancel, .options, .register, .update, .info, .prack, .refer, .notify, .subscribe, .message, .publish,
    ]

    /// The method of that name; `nil` if `name` is no token, or longer than `MessageLimits.method`.
    public init?(_ name: String) {
        if let known = Self.known.first(where: { $0.name == name }) {
            self = known
        } else {
            guard (1...MessageLimits.method).contains(name.utf8.count), name.utf8.allSatisfy({ $0.isToken }) else { return nil }
            self = .other(name)
        }
    }

    /// The name as it stands on the wire.
    public var name: String {
        switch self {
        case .invite: "INVITE"
        case .ack: "ACK"
        case .bye: "BYE"
        case .cancel: "CANCEL"
        case .options: "OPTIONS"
        case .register: "REGISTER"
        case .update: "UPDATE"
        case .info: "INFO"
        case .prack: "PRACK"
        case .refer: "REFER"
        case .notify: "NOTIFY"
        case .subscribe: "SUBSCRIBE"
        case .message: "MESSAGE"
        case .publish: "PUBLISH"
        case .other(let name): name
        }
    }
}

extension SIPMethod: CustomStringConvertible {
    public var description: String { name }
}

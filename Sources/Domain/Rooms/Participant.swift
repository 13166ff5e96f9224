/// Somebody in a room: a browser, or a phone that answered.
public struct Participant: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable { case browser, phone }

    public var id: ParticipantID
    public var kind: Kind
    /// The display name of a browser, the label of a phone. Text, never markup.
    public var name: String
    public var microphone: Bool
    public var camera: Bool
    /// It shows its screen.
    public var screen: Bool
    /// A host has silenced it, whatever its own microphone is.
    public var isMuted: Bool

    public init(id: ParticipantID, kind: Kind, name: String, microphone: Bool, camera: Bool, screen: Bool = false, isMuted: Bool = false) {
        self.screen = screen
        self.isMuted = isMuted
        self.id = id
        self.kind = kind
        self.name = name
        self.microphone = microphone
        self.camera = camera
    }
}

/// Who a participant is: a browser's place, or the call that brought the phone.
public enum ParticipantID: Hashable, Sendable, Codable, CustomStringConvertible {
    case peer(PeerID)
    case call(CallID)

    public var description: String {
        switch self {
        case .peer(let peer): peer.text
        case .call(let call): call.text
        }
    }

    public init?(_ text: String) {
        if let peer = PeerID(text) {
            self = .peer(peer)
        } else if let call = CallID(text) {
            self = .call(call)
        } else {
            return nil
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "neither a peer's nor a call's id")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

import Domain
import Foundation

extension ClientFrame {
    /// Bytes that one frame may have.
    package static let sizeLimit = 64 * 1024
    /// `signal` with a candidate is the deepest frame there is; the rest is room for browsers' own members.
    static let nestingLimit = 8
    /// Pictures that a page can show at a time.
    package static let viewLimit = 12

    /// Reads one text frame.
    ///
    /// - Throws: what is wrong with it, in the words of an `error` frame.
    package static func decode(_ text: [UInt8]) throws(SignalFault) -> ClientFrame {
        guard text.count <= sizeLimit, JSONNesting.isWithin(nestingLimit, text), String(validating: text, as: UTF8.self) != nil else {
            throw SignalFault(.malformedFrame, "The frame is not a JSON object in UTF-8.")
        }
        let reading: FrameReading
        do {
            reading = try JSONDecoder().decode(FrameReading.self, from: Data(text))
        } catch {
            throw SignalFault(.malformedFrame, "The frame is not a JSON object with a type.")
        }
        return try reading.result.get()
    }
}

/// The decoder's containers are good only while it decodes, so the whole reading happens in `init(from:)`.
private struct FrameReading: Decodable {
    let result: Result<ClientFrame, SignalFault>

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Member.self)
        let type = try container.decode(String.self, forKey: "type")
        let members = FrameMembers(type: type, container: container)
        result = Result { () throws(SignalFault) in try members.frame() }
    }
}

/// The members of one frame, each read with the error that its rule has.
private struct FrameMembers {
    let type: String
    let container: KeyedDecodingContainer<Member>

    func frame() throws(SignalFault) -> ClientFrame {
        switch type {
        case "join": try join()
        case "signal": try signal()
        case "dial": try dial()
        case "hangup": try only(["call"], .hangup(try call()))
        case "dtmf": try dtmf()
        case "update":
            try only(
                ["microphone", "camera", "screen"],
                .update(Switches(microphone: flag("microphone"), camera: flag("camera"), screen: nested(Bool.self, "screen") ?? false)))
        case "view": try view()
        case "leave": try only([], .leave)
        case "ping": try only([], .ping)
        case "mute": try only(["peer", "on"], .mute(participant(), on: flag("on")))
        case "kick": try only(["peer"], .kick(participant()))
        case "lock": try only(["on"], .lock(on: flag("on")))
        case "end": try only([], .end)
        case "chat": try chat()
        case "accept", "decline":
            throw SignalFault(.notSupported, about: type)
        default:
            throw SignalFault(.unknownType)
        }
    }

    private func join() throws(SignalFault) -> ClientFrame {
        let link = try text("link")
        let slug = link.flatMap { LinkSlug($0) }
        // A link that hides its number says both by itself.
        let writtenRoom = try slug == nil ? required("room") : text("room")
        let writtenName = try slug == nil ? required("name") : text("name")
        let room = writtenRoom.flatMap { RoomSlug($0) }
        guard room != nil || writtenRoom == nil else { throw SignalFault(.invalidRoom, about: type) }
        let name = writtenName.flatMap { DisplayName($0) }
        guard name != nil || writtenName == nil else { throw SignalFault(.invalidName, about: type) }
        guard let load = LoadID(try required("load")) else {
            throw SignalFault(.invalidLoad, about: type)
        }
        return try only(
            ["room", "name", "load", "resume", "link"],
            .join(JoinFrame(room: room, name: name, load: load, resume: try text("resume"), link: slug == nil ? link : nil, slug: slug)))
    }

    private func signal() throws(SignalFault) -> ClientFrame {
        guard let description = try nested(SessionDescription.self, "description") else {
            guard container.contains("candidate") else { throw malformed("A signal carries a description or a candidate.") }
            return .candidate
        }
        guard description.type == "offer" else {
            throw SignalFault(.invalidOffer, "Only offers are taken: the browser offers, the server answers.", about: type)
        }
        return try only(["description"], .offer(sdp: description.sdp))
    }

    private func dial() throws(SignalFault) -> ClientFrame {
        var key: DialKey?
        if let written = try text("key") {
            guard let valid = DialKey(written) else {
                throw SignalFault(.invalidKey, about: type)
            }
            key = valid
        }
        let origin: DialRequest.Origin
        switch try text("origin") {
        case nil, "url": origin = .url
        case "user": origin = .user
        default: throw malformed("The origin of a dial is url or user.")
        }
        if let written = try text("link") {
            guard let slug = LinkSlug(written) else { throw SignalFault(.unknownLink, about: type, key: key) }
            return try only(["origin", "key", "link"], .dial(DialFrame(.link(slug), origin: origin, key: key)))
        }
        // What is no number is refused by FraudGuard, so that it has a row as every refusal has.
        let target = DialTarget(written: try required("number"))
        var trunk: TrunkID?
        if let written = try text("trunk") {
            guard let valid = TrunkID(written) else {
                throw SignalFault(.invalidTrunk, about: type, key: key)
            }
            trunk = valid
        }
        let frame = DialFrame(target: target, trunk: trunk, origin: origin, key: key)
        return try only(["number", "trunk", "origin", "key", "link"], .dial(frame))
    }

    private func call() throws(SignalFault) -> CallID {
        guard let call = CallID(try required("call")) else {
            throw SignalFault(.unknownCall, about: type)
        }
        return call
    }

    private func dtmf() throws(SignalFault) -> ClientFrame {
        let call = try call()
        guard let digits = DTMFDigits(try required("digits")) else {
            throw malformed("Digits are 1 to \(DTMFDigits.limit) of 0 to 9, *, #, A to D, and w for half a second of pause.")
        }
        return try only(["call", "digits"], .dtmf(call, digits))
    }

    private func participant() throws(SignalFault) -> ParticipantID {
        guard let participant = ParticipantID(try required("peer")) else { throw SignalFault(.unknownParticipant, about: type) }
        return participant
    }

    private func view() throws(SignalFault) -> ClientFrame {
        guard let show = try nested([TrackSource].self, "show") else { throw malformed("The member show is missing.") }
        guard show.count <= ClientFrame.viewLimit, show.allSatisfy({ $0.kind != .audio }) else {
            throw malformed("A view has at most \(ClientFrame.viewLimit) pictures, each of the kind video or screen.")
        }
        return try only(["show"], .view(show))
    }

    private func chat() throws(SignalFault) -> ClientFrame {
        guard let text = ChatText(try required("text")) else {
            throw malformed("A message has 1 to \(ChatText.limit) characters, and no control characters.")
        }
        return try only(["text"], .chat(text))
    }

    // MARK: Members

    private func malformed(_ detail: String) -> SignalFault { SignalFault(.malformedFrame, detail, about: type) }

    /// `value`, unless the frame has members that its type does not know: a typing error must not pass as a default.
    private func only<Value>(_ known: Set<String>, _ value: Value) throws(SignalFault) -> Value {
        let unknown = container.allKeys.lazy.map(\.stringValue).filter { $0 != "type" && !known.contains($0) }
        guard unknown.isEmpty else { throw malformed("The frame has members that this type does not know.") }
        return value
    }

    private func required(_ key: Member) throws(SignalFault) -> String {
        guard let value = try text(key) else { throw malformed("The member \(key.stringValue) is missing.") }
        return value
    }

    private func text(_ key: Member) throws(SignalFault) -> String? { try nested(String.self, key) }

    private func flag(_ key: Member) throws(SignalFault) -> Bool {
        guard let value = try nested(Bool.self, key) else { throw malformed("The member \(key.stringValue) is missing.") }
        return value
    }

    private func nested<Value: Decodable>(_ kind: Value.Type, _ key: Member) throws(SignalFault) -> Value? {
        do {
            return try container.decodeIfPresent(kind, forKey: key)
        } catch {
            throw malformed("The member \(key.stringValue) has another form than it should.")
        }
    }
}

/// An `RTCSessionDescription`.
private struct SessionDescription: Decodable {
    var type: String
    var sdp: String
}

/// A member of any name, so that the unknown ones can be seen.
private struct Member: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringLiteral value: String) { stringValue = value }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

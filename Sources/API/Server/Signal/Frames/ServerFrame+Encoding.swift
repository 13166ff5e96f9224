import Domain

extension ServerFrame {
    /// The frame as UTF-8 JSON, `type` first.
    package func encoded() -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("type", type)
            writeMembers(&json)
        }
        return json.bytes
    }

    private var type: String {
        switch self {
        case .welcome: "welcome"
        case .answer: "signal"
        case .media: "media"
        case .tracks: "tracks"
        case .upload: "upload"
        case .peerJoined: "peer-joined"
        case .peerUpdated: "peer-updated"
        case .peerLeft: "peer-left"
        case .dialStatus: "dial-status"
        case .chat: "chat"
        case .locked: "locked"
        case .speaking: "speaking"
        case .error: "error"
        case .pong: "pong"
        }
    }

    private func writeMembers(_ json: inout JSONText) {
        switch self {
        case .welcome(let welcome):
            json.member("peer", welcome.peer.text)
            json.member("room", welcome.room.text)
            json.name("peers")
            json.array(welcome.peers) { json, peer in peer.write(to: &json) }
            json.member("resume", welcome.resume)
            json.member("resumed", welcome.resumed)
            json.member("role", welcome.isHost ? "host" : "guest")
            json.member("locked", welcome.isLocked)
            json.name("calls")
            json.array(welcome.calls) { json, call in
                json.object { json in
                    json.member("type", "dial-status")
                    call.writeMembers(to: &json)
                }
            }
        case .answer(let sdp):
            json.name("description")
            json.object { json in
                json.member("type", "answer")
                json.member("sdp", sdp)
            }
        case .media(let audio, let video):
            json.member("audio", audio)
            json.member("video", video)
        case .tracks(let tracks):
            json.name("tracks")
            json.object { json in
                for (mid, source) in tracks.sorted(by: { $0.key < $1.key }) {
                    json.name(mid)
                    json.object { json in
                        json.member("participant", source.participant.description)
                        json.member("kind", source.kind.rawValue)
                    }
                }
            }
        case .upload(let upload):
            json.member("camera", upload.camera)
            json.member("screen", upload.screen)
        case .peerJoined(let participant), .peerUpdated(let participant):
            json.name("peer")
            participant.write(to: &json)
        case .peerLeft(let participant):
            json.member("peer", participant.description)
        case .dialStatus(let status):
            status.writeMembers(to: &json)
        case .chat(let message):
            json.member("from", message.from.text)
            json.member("name", message.name)
            json.member("text", message.text.text)
            json.member("at", RFC3339.text(milliseconds: message.at))
        case .locked(let isLocked):
            json.member("on", isLocked)
        case .speaking(let participants):
            json.name("participants")
            json.array(participants) { json, participant in json.string(participant.description) }
        case .error(let fault):
            json.member("code", fault.problem.code.rawValue)
            json.member("detail", fault.problem.sentence)
            if let about = fault.about { json.member("about", about) }
            if let key = fault.key { json.member("key", key.text) }
        case .pong:
            break
        }
    }
}

extension Participant {
    fileprivate func write(to json: inout JSONText) {
        json.object { json in
            json.member("id", id.description)
            json.member("kind", kind.rawValue)
            json.member("name", name)
            json.member("microphone", microphone)
            json.member("camera", camera)
            json.member("screen", screen)
            json.member("muted", isMuted)
        }
    }
}

extension GuardRefusal {
    /// The object as its `Codable` form has it.
    fileprivate func write(to json: inout JSONText) {
        json.name("refusal")
        json.object { json in
            json.member("rule", rule.rawValue)
            json.member("limit", limit)
            json.member("used", used)
            json.member("resets_at", resetsAt.map { RFC3339.text(milliseconds: $0) })
            json.member("text", text)
        }
    }
}

extension DialStatus {
    fileprivate func writeMembers(to json: inout JSONText) {
        if let call { json.member("call", call.text) }
        if let key { json.member("key", key.text) }
        if let number { json.member("number", number) }
        if let label { json.member("label", label) }
        json.member("state", state)
        if call != nil { json.member("early_media", earlyMedia) }
        if let expiresAt { json.member("expires_at", expiresAt) }
        if let outcome { json.member("outcome", outcome.rawValue) }
        if let reason {
            json.name("reason")
            json.object { json in
                json.member("code", reason.code)
                json.member("text", reason.text)
            }
        }
        if let refusal { refusal.write(to: &json) }
        if let talkSeconds { json.member("talk_seconds", talkSeconds) }
        if let answeredSeconds { json.member("answered_seconds", answeredSeconds) }
        if call != nil { json.member("starter", mayHangUp) }
    }
}

/// What this endpoint understands, and how it says so.
enum Capabilities {
    /// Methods with a meaning here. PRACK is not among them: reliable provisional responses are not asked for (RFC 3262).
    static let allow = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE"
    static let accept = "application/sdp"

    enum Verdict: Equatable {
        /// 200 with what we can do.
        case describe
        /// 200.
        case accept
        case refuse(UInt16)
    }

    /// The answer to a request in a call that changes nothing.
    static func verdict(on request: SIPRequest) -> Verdict {
        switch request.method {
        case .options: .describe
        // Some ask by an empty INFO whether the call is still there (RFC 2976 section 2.2); packages are not known here (RFC 6086 section 4.2.2).
        case .info: request.headers[.infoPackage] != nil ? .refuse(469) : request.body.isEmpty ? .accept : .refuse(415)
        // No response of ours was sent reliably (RFC 3262 section 3).
        case .prack: .refuse(481)
        // Nobody may make this bridge call somebody (RFC 3515 section 2.4.2).
        case .refer: .refuse(603)
        // We have subscribed to nothing (RFC 6665 section 4.1.3), and have nothing to subscribe to.
        case .notify: .refuse(481)
        case .subscribe: .refuse(489)
        case .message, .publish, .register: .refuse(405)
        case .other: .refuse(501)
        // They never come here; 405 would be right.
        case .invite, .ack, .bye, .cancel, .update: .refuse(405)
        }
    }

    /// The extensions that a request requires: all of them are too many (RFC 3261 section 8.2.2.3).
    /// - Returns: the value of Unsupported; `nil` if nothing is required.
    static func unsupported(by request: SIPRequest) -> String? {
        let required = request.headers.tokens(.require)
        return required.isEmpty ? nil : required.joined(separator: ", ")
    }

    /// What a 200 to OPTIONS says (section 11.2).
    static func describe(in answer: inout SIPResponse) {
        answer.headers[.allow] = allow
        answer.headers[.accept] = accept
        answer.headers[.acceptEncoding] = "identity"
        // No extension: above all neither `timer` nor `100rel`.
        answer.headers[.supported] = ""
    }

    /// Adds what a refusal has to name (sections 21.4.6 and 21.4.13).
    static func explain(_ answer: inout SIPResponse) {
        switch answer.status {
        case 405, 501: answer.headers[.allow] = allow
        case 415: answer.headers[.accept] = accept
        case 469: answer.headers[.recvInfo] = ""
        // An open set: other refusals speak for themselves.
        default: break
        }
    }

    /// Whether a body can be read here at all (section 8.2.3).
    static func canRead(_ request: SIPRequest) -> Bool {
        guard let body = request.sessionBody else { return true }
        let encoding = request.headers[.contentEncoding] ?? "identity"
        return body.isType(accept) && equalIgnoringCase(encoding, "identity")
    }
}

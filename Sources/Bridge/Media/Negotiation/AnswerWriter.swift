import SDP

/// Puts the answers of the sections together, and adds the bridge's end of the transport.
struct AnswerWriter {
    let local: LocalTransport
    let sessionID: UInt64
    let version: UInt64

    /// `carrier` is the section that tells the candidates for all of them (RFC 9143 section 9).
    func description(of answers: [SectionAnswer], carrier: Int) -> SessionDescription {
        var answer = SessionDescription(
            origin: Origin(sessionID: "\(sessionID)", version: "\(version)", address: ConnectionAddress(.ipv4, "127.0.0.1")))
        let live = answers.filter { !$0.section.isRejected }
        // The first in the group carries it; the browser's choice is kept, whatever the order of the sections.
        let mids = live.filter { $0.section.index == carrier } + live.filter { $0.section.index != carrier }
        answer.attributes.append(SectionGroup(semantics: "BUNDLE", mids: mids.map(\.section.mid)))
        answer.attributes.append("ice-lite")
        answer.attributes.append(Fingerprint(bytes: local.fingerprint))
        answer.media = answers.map { media(of: $0, isCarrier: $0.section.index == carrier) }
        return answer
    }

    private func media(of answer: SectionAnswer, isCarrier: Bool) -> MediaDescription {
        var media = answer.media
        media.connection = .unspecified
        guard !answer.section.isRejected else { return media }
        media.attributes.append("ice-ufrag", local.ufrag)
        media.attributes.append("ice-pwd", local.pwd)
        media.attributes.append(SetupRole.passive)
        guard isCarrier else { return media }
        let candidates = local.candidateLines.map(Self.value(of:))
        for candidate in candidates {
            media.attributes.append(CandidateAttribute.attributeName, candidate)
        }
        media.attributes.append("end-of-candidates")
        if let first = candidates.lazy.compactMap(CandidateAttribute.init).first(where: { $0.transport == "udp" }) {
            // The default destination (RFC 8839 section 4.2.1.2).
            media.port = first.port
            media.connection = ConnectionAddress(first.address.contains(":") ? .ipv6 : .ipv4, first.address)
        }
        return media
    }

    /// What is written after `candidate:`.
    private static func value(of line: String) -> String {
        var value = Substring(line)
        for prefix in ["a=", "candidate:"] where value.hasPrefix(prefix) {
            value = value.dropFirst(prefix.count)
        }
        return String(value)
    }
}

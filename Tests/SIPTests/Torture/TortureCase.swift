import Testing

/// A message that exercises one case of RFC 4475, written for it, and what has to become of it.
struct TortureCase: CustomTestStringConvertible, Sendable {
    enum Verdict: Sendable {
        case request
        case response
        /// Refused, and answered with this status.
        case answered(UInt16)
        /// Refused without an answer.
        case silence
    }

    /// The section of RFC 4475 and the short name that it gives to the case.
    var section: String
    var verdict: Verdict
    var message: [UInt8]

    init(_ section: String, _ verdict: Verdict, _ text: String) {
        self.section = section
        self.verdict = verdict
        message = wire(text)
    }

    var testDescription: String { section }
}

extension TortureCase {
    /// A message of ordinary lines, in which those given replace the ones of their names or come in addition.
    init(_ section: String, _ verdict: Verdict, start: String, replacing names: [String] = [], _ lines: [String] = []) {
        let method = start.split(separator: " ").first.map(String.init) ?? ""
        let usual = [
            "Via: SIP/2.0/UDP 192.0.2.44:5060;branch=z9hG4bK-t\(section.utf8.count)", "Max-Forwards: 70", "From: <sip:caller@example.net>;tag=8814",
            "To: <sip:user@example.org>", "Call-ID: torture.\(section.utf8.count)@192.0.2.44",
            "CSeq: 31 \(method.hasPrefix("SIP/") ? "OPTIONS" : method)",
        ]
        let kept = usual.filter { line in !names.contains { line.hasPrefix($0 + ":") } }
        self.init(section, verdict, ([start] + kept + lines + ["", ""]).joined(separator: "\n"))
    }
}

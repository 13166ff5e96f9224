/// What the doctor found of one thing, in words that a person can act on.
struct Finding: Sendable, Equatable {
    enum Verdict: String, Sendable {
        case good = "ok"
        /// Works, and may not be what is wanted.
        case warning
        case bad = "FAULT"
        /// Could not be looked at now.
        case skipped = "-"
    }

    var verdict: Verdict
    var subject: String
    var sentence: String

    static func good(_ subject: String, _ sentence: String) -> Finding { Finding(verdict: .good, subject: subject, sentence: sentence) }
    static func warning(_ subject: String, _ sentence: String) -> Finding { Finding(verdict: .warning, subject: subject, sentence: sentence) }
    static func bad(_ subject: String, _ sentence: String) -> Finding { Finding(verdict: .bad, subject: subject, sentence: sentence) }
    static func skipped(_ subject: String, _ sentence: String) -> Finding { Finding(verdict: .skipped, subject: subject, sentence: sentence) }

    var line: String {
        let verdict = verdict.rawValue
        return verdict + String(repeating: " ", count: 9 - verdict.count) + subject + String(repeating: " ", count: max(1, 16 - subject.count))
            + sentence
    }
}

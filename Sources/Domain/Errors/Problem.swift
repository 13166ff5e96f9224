/// An error with its verdict: the stable code (and with it who is to blame and whether to try again) and a sentence for a person.
public struct Problem: Error, Sendable, Equatable {
    public let code: ProblemCode
    /// What a person reads. Never holds a whole phone number, a key or an address.
    public let sentence: String

    /// Without a `sentence` it is the code's own.
    public init(_ code: ProblemCode, _ sentence: String? = nil) {
        self.code = code
        self.sentence = sentence ?? code.sentence
    }

    public var blame: Blame { code.blame }
    public var isRetryable: Bool { code.isRetryable }
}

/// An error type of ours that a person or a program outside may come to see.
public protocol ExplainedError: Error {
    var problem: Problem { get }
}

extension Problem: ExplainedError {
    public var problem: Problem { self }
}

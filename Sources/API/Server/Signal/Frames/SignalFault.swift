import Domain

/// A frame that was not done, and why; the socket lives on.
package struct SignalFault: Error, Sendable, Equatable {
    package var problem: Problem
    /// The `type` of the frame that was not done, where it could be read.
    package var about: String?
    /// The key of a dial that was not done, so that the page can match it.
    package var key: DialKey?

    package init(_ problem: Problem, about: String? = nil, key: DialKey? = nil) {
        self.problem = problem
        self.about = about
        self.key = key
    }

    /// Without a `sentence` it is the code's own.
    package init(_ code: ProblemCode, _ sentence: String? = nil, about: String? = nil, key: DialKey? = nil) {
        self.init(Problem(code, sentence), about: about, key: key)
    }
}

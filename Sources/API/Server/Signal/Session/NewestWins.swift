/// Work of which one piece is under way at a time and only the newest waits: the bridge must end with the last one.
struct NewestWins<Value: Sendable & Equatable>: Sendable, Equatable {
    private var underWay: Value?
    private var next: Value?
    /// Whether what was under way last could not be done, and is asked for again.
    private(set) var isRepeating = false

    init() {}

    /// What is to be begun now; `nil` if `value` waits for what is under way.
    mutating func begin(_ value: Value) -> Value? {
        guard underWay == nil else {
            next = value
            return nil
        }
        underWay = value
        return value
    }

    /// What was under way has come to its end; what is to be begun now, if anything.
    ///
    /// - Parameter isUndone: it could not be done, for a reason that passes: where nothing newer waits it is begun once more.
    mutating func finish(isUndone: Bool = false) -> Value? {
        isRepeating = isUndone
        underWay = next.take() ?? (isUndone ? underWay : nil)
        return underWay
    }
}

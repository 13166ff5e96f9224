/// Work of which one piece is under way at a time and only the newest waits: the bridge must end with the last one.
struct NewestWins<Value: Sendable & Equatable>: Sendable, Equatable {
    private var isUnderWay = false
    private var next: Value?

    init() {}

    /// What is to be begun now; `nil` if `value` waits for what is under way.
    mutating func begin(_ value: Value) -> Value? {
        guard isUnderWay else {
            isUnderWay = true
            return value
        }
        next = value
        return nil
    }

    /// What was under way is done; what follows it, if anything.
    mutating func finish() -> Value? {
        defer { next = nil }
        isUnderWay = next != nil
        return next
    }
}

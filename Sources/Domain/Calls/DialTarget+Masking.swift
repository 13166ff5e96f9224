extension DialTarget {
    /// What a guest of an unminted room sees of a phone: `+4915•••••183`.
    ///
    /// Enough to tell two callers apart and to know one's own number again. At least four digits are hidden, and the dots
    /// are always five, so that the length is not told. Short numbers name a place in this installation and stay whole.
    public var maskedForGuests: String { masked(head: 4, tail: 3) }

    /// Shows at most `head` and `tail` digits, fewer if fewer than four would be hidden.
    private func masked(head: Int, tail: Int) -> String {
        switch self {
        case .short(let digits): return digits
        // A slip of the hand may be somebody's number all the same.
        case .unreadable(let text): return text.utf8.count <= 6 ? text : "•••••"
        case .e164(let number):
            let digits = number.dropFirst()
            let shownAtEnd = max(0, min(tail, (digits.count - 4) / 2))
            let shownAtStart = max(0, min(head, digits.count - 4 - shownAtEnd))
            return "+" + digits.prefix(shownAtStart) + "•••••" + digits.suffix(shownAtEnd)
        }
    }
}

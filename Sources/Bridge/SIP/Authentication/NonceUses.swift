/// The uses of nonces by right passwords, so that no credentials count twice (RFC 7616 section 5.5).
///
/// Bounded: when it is full the oldest nonces go, and with them every nonce that is as old and unknown.
struct NonceUses {
    /// Nonces at a time.
    let limit: Int
    private var uses: [SealedNonce: Uses] = [:]
    /// Nonces made until then are used up, unless they are still known.
    private var forgotten: UInt64?

    /// The highest count of a nonce, and which of the 64 up to it have been used.
    private struct Uses {
        var highest: UInt32
        var recent: UInt64
    }

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    var count: Int { uses.count }

    /// Notes a use.
    /// - Parameter count: 0 for credentials without a count, whose nonce may be used only once.
    /// - Returns: `false` if that was used before, or cannot be told.
    mutating func use(_ nonce: SealedNonce, count: UInt32) -> Bool {
        guard var known = uses[nonce] else {
            if let forgotten, nonce.made <= forgotten { return false }
            makeRoom()
            // This one may be as old as those that have just been forgotten.
            if let forgotten, nonce.made <= forgotten { return false }
            uses[nonce] = Uses(highest: count, recent: 1)
            return true
        }
        if count == 0 || known.highest == 0 { return false }
        if count > known.highest {
            let step = count - known.highest
            known.recent = step >= 64 ? 1 : known.recent << UInt64(step) | 1
            known.highest = count
        } else {
            let age = known.highest - count
            guard age < 64, known.recent & (1 << UInt64(age)) == 0 else { return false }
            known.recent |= 1 << UInt64(age)
        }
        uses[nonce] = known
        return true
    }

    /// Forgets the nonces made before `time`, in milliseconds; they have expired.
    mutating func forget(before time: UInt64) {
        guard uses.count >= limit else { return }
        uses = uses.filter { $0.key.made >= time }
    }

    /// Forgets the older quarter at once, so that room is not made for each use anew.
    private mutating func makeRoom() {
        guard uses.count >= limit else { return }
        let ages = uses.keys.map(\.made).sorted()
        let last = ages[(ages.count - 1) / 4]
        uses = uses.filter { $0.key.made > last }
        forgotten = max(forgotten ?? 0, last)
    }
}

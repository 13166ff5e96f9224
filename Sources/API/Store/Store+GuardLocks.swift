import Domain
import LibPQ

extension Store {
    /// What is locked now, newest first.
    public func guardLocks(_ page: PageRequest, now: Int64) async throws(StoreError) -> Page<GuardLock> {
        let parameters = page.parameters
        let locks = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT id, kind, subject, dials, seconds, milliseconds(locked_at) AS locked_at, milliseconds(until) AS until FROM guard_locks
                 WHERE lifted_at IS NULL AND until > instant($4)
                   AND ($1::bigint IS NULL OR (guard_locks.locked_at, id) < (instant($1::bigint), $2))
                 ORDER BY guard_locks.locked_at DESC, id DESC LIMIT $3
                """, parameters.at, parameters.id, parameters.rows, .int(now)
            ) { row throws(PostgresError) in try row.guardLock() }
        }
        return page.page(of: locks) { PageCursor(at: $0.lockedAt, id: $0.id.text) }
    }

    /// Takes a lock away; the dials before it are not counted again. `false` if there is none, or if it is over.
    public func liftGuardLock(_ id: GuardLockID, now: Int64) async throws(StoreError) -> Bool {
        try await transaction { transaction throws(PostgresError) in
            // Who dials at this moment sees it either way, not in between.
            try transaction.lockGuard()
            return try transaction.execute(
                "UPDATE guard_locks SET lifted_at = instant($2) WHERE id = $1 AND lifted_at IS NULL AND until > instant($2)", .id(id), .int(now)) == 1
        }
    }
}

extension PostgresTransaction {
    /// Locks what a burst came from, and tells of it; under the guard's lock.
    func lock(_ question: GuardQuestion, _ dial: CountedDial, by call: CallID) throws(PostgresError) {
        let subject: GuardLock.Subject
        switch question.cap {
        case .linkBurst:
            guard let link = dial.link else { return }
            subject = .link(link)
        case .trunkBurst:
            guard let carrier = dial.carrier else { return }
            subject = .trunk(carrier)
        default: return
        }
        let lock = GuardLock(
            id: GuardLockID(of: call), subject: subject, dials: question.limit, seconds: question.burst.seconds, lockedAt: dial.now,
            until: dial.now + Int64(question.burst.lockSeconds) * 1_000)
        _ = try execute(
            """
            INSERT INTO guard_locks (id, kind, subject, dials, seconds, locked_at, until) VALUES ($1, $2, $3, $4, $5, instant($6), instant($7))
            """, .id(lock.id), .text(subject.kind), .text(subject.text), .int(Int64(lock.dials)), .int(Int64(lock.seconds)), .int(lock.lockedAt),
            .int(lock.until))
        try tell(.guardLocked, about: .installation, at: dial.now, now: dial.now, data: GuardLockData(lock))
    }

    /// Tells of caps that have come to their level, each once in its window; under the guard's lock.
    func warn(_ warnings: [GuardWarning], _ dial: CountedDial) throws(PostgresError) {
        for warning in warnings {
            let cap = warning.question.rule?.text ?? warning.question.cap.rawValue
            let (subject, since) = dial.window(of: warning.question.cap)
            let isFirst = try execute(
                """
                INSERT INTO guard_warnings (cap, subject, since, told_at) VALUES ($1, $2, instant($3), instant($4)) ON CONFLICT DO NOTHING
                """, .text(cap), .text(subject), .int(since), .int(dial.now))
            guard isFirst == 1 else { continue }
            try tell(.guardWarning, about: .installation, at: dial.now, now: dial.now, data: GuardWarningData(warning, subject: subject))
        }
    }
}

extension GuardLock.Subject {
    fileprivate var kind: String {
        switch self {
        case .link: "link"
        case .trunk: "trunk"
        }
    }

    fileprivate var text: String {
        switch self {
        case .link(let link): link.text
        case .trunk(let trunk): trunk.text
        }
    }
}

extension PostgresRow {
    fileprivate func guardLock() throws(PostgresError) -> GuardLock {
        let subject: GuardLock.Subject =
            try value("kind", as: String.self) == "link"
            ? .link(try domain("subject", LinkID.init)) : .trunk(try domain("subject", TrunkID.init))
        return GuardLock(
            id: try domain("id", GuardLockID.init), subject: subject, dials: try value("dials"), seconds: try value("seconds"),
            lockedAt: try value("locked_at"), until: try value("until"))
    }
}

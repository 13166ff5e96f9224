import Domain
import LibPQ

extension Store {
    /// How long before its reserved time is over a call asks for more, milliseconds.
    public static let sliceMargin: Int64 = 20_000

    /// Reserves the next slice for each call that is up at `bridge` and has nearly used up its time.
    ///
    /// - Returns: the calls whose time is over and that got no more, also those of earlier rounds that are still up: they are to be hung up.
    public func reserveSlices(bridge: String, policy: Policy, now: Int64) async throws(StoreError) -> [CallID] {
        let due = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT id FROM calls
                 WHERE bridge = $1 AND state = 'answered' AND telephone AND command IS NOT NULL
                   AND answered_at + reserved_seconds * interval '1 second' <= instant($2)
                 ORDER BY id LIMIT 1000
                """, .text(bridge), .int(now + Self.sliceMargin)
            ) { row throws(PostgresError) in try row.domain("id", CallID.init) }
        }
        var over: [CallID] = []
        for call in due where try await reserveSlice(of: call, policy: policy, now: now) { over.append(call) }
        return over
    }

    /// One call, one transaction: a slow one holds up nobody who dials. `true`: its time is over.
    private func reserveSlice(of id: CallID, policy: Policy, now: Int64) async throws(StoreError) -> Bool {
        try await transaction { transaction throws(PostgresError) in
            guard let call = try transaction.reservedCall(id) else { return false }
            let isOver = call.answeredAt + Int64(call.reserved) * 1_000 <= now
            // The bridge ends it at its maximum by itself.
            guard call.reserved < call.maximum else { return false }
            if call.isCut { return isOver }
            let rules = try transaction.guardRules(covering: call.dial.target, call.dial.profile, policy: policy)
            var counted = CountedDial(call.dial.target, client: nil, carrier: call.dial.carrier, link: call.dial.link, now: now)
            // A call counts to the day on which it was dialled.
            counted.day = try transaction.guardDay(call.queuedAt, rules.timeZone)
            try transaction.lockGuard()
            let trial = try FraudGuard.extend(
                call.dial, rules, reserved: call.reserved, maximum: call.maximum, price: call.price, now: now
            ) { question throws(PostgresError) in try transaction.guardUsage(question, counted) }
            switch trial.verdict {
            case .allowed(let more):
                _ = try transaction.execute(
                    "UPDATE calls SET reserved_seconds = reserved_seconds + $2 WHERE id = $1", .id(id), .int(Int64(more.seconds)))
                try transaction.warn(trial.warnings, counted)
                return false
            case .refused(let refusal):
                // Somebody else's unused time may come back before its own is over.
                guard isOver else { return false }
                _ = try transaction.execute("UPDATE calls SET guard_cut = $2 WHERE id = $1", .id(id), .text(try JSONText.encode(refusal)))
                return true
            }
        }
    }
}

extension PostgresTransaction {
    /// What FraudGuard keeps of a call that is up, its row locked.
    fileprivate func reservedCall(_ id: CallID) throws(PostgresError) -> ReservedCall? {
        try row(
            """
            SELECT target, link, carrier, guard_country, guard_type, minute_price, reserved_seconds, guard_cut IS NOT NULL AS cut, command,
                   milliseconds(queued_at) AS queued_at, milliseconds(answered_at) AS answered_at
              FROM calls WHERE id = $1 AND state = 'answered' AND command IS NOT NULL FOR UPDATE
            """, .id(id)
        ) { row throws(PostgresError) in
            let type = try row.optionalDomain("guard_type", NumberType.init)
            let command = try JSONText.decode(DialCommand.self, try row.value("command"))
            return ReservedCall(
                dial: GuardedDial(
                    try row.domain("target", DialTarget.init(stored:)),
                    profile: NumberProfile(isValid: true, region: try row.optional("guard_country"), type: type ?? .unknown),
                    link: try row.optionalDomain("link", LinkID.init), carrier: try row.optionalDomain("carrier", TrunkID.init)),
                price: try row.optional("minute_price", as: Int.self).flatMap { MoneyAmount(millionths: $0) },
                reserved: try row.value("reserved_seconds"), maximum: command.maximumSeconds, isCut: try row.value("cut"),
                queuedAt: try row.value("queued_at"), answeredAt: try row.value("answered_at"))
        }
    }

    /// Why FraudGuard had a call hung up; `nil` if it had not.
    func guardCut(of call: CallID) throws(PostgresError) -> GuardRefusal? {
        try row("SELECT guard_cut FROM calls WHERE id = $1 AND guard_cut IS NOT NULL", .id(call)) { row throws(PostgresError) in
            try JSONText.decode(GuardRefusal.self, try row.value("guard_cut"))
        }
    }
}

private struct ReservedCall {
    var dial: GuardedDial
    var price: MoneyAmount?
    var reserved: Int
    var maximum: Int
    var isCut: Bool
    var queuedAt: Int64
    var answeredAt: Int64
}

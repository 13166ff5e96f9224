import Domain
import LibPQ

extension Store {
    /// Decides a dial, exactly once, and writes the decision down, in one transaction under the room's lock.
    ///
    /// A dial that is refused or cannot be routed is a call too: it is written with its outcome and its reason, and nothing goes out.
    /// Repeated with the same load and key, it gives the same call.
    ///
    /// - Parameter plan: tells which telephone numbers exist, and of what kind they are.
    public func dial(
        _ request: DialRequest, now: Int64, policy: Policy = Policy(), plan: any NumberPlan, generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> DialVerdict {
        let wish = GuardedWish(request, plan: plan, policy: policy, id: CallID(random: &generator), now: now)
        return try await transaction { transaction throws(PostgresError) in
            // Two loads that claim to be one meet in different rooms only if somebody cheats, but then the first one counts, too.
            // Always before the room's lock, so that nobody waits for the other way round.
            _ = try transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 1))", .id(request.load))
            try transaction.touch(request.room, now: now)
            switch DialOnce.decide(request, try transaction.dialFacts(request)) {
            case .known(let call):
                return .known(call)
            case .alreadyFired:
                return .alreadyFired
            case .attach(let call):
                return try transaction.attach(request, to: call, now: now)
            case .place:
                return try transaction.place(wish)
            }
        }
    }
}

extension PostgresTransaction {
    fileprivate func dialFacts(_ request: DialRequest) throws(PostgresError) -> DialOnce.Facts {
        DialOnce.Facts(
            sameKey: try row(
                """
                SELECT * FROM call_snapshots WHERE load = $1 AND key = $2
                UNION ALL
                SELECT call.* FROM call_snapshots call JOIN attached_dials dial ON dial.call = call.id
                 WHERE dial.load = $1 AND dial.key = $2
                 LIMIT 1
                """, .id(request.load), .id(request.key), read: Self.snapshot),
            live: try row(
                """
                SELECT * FROM call_snapshots WHERE room = $1 AND target = $2 AND hides_number = $3 AND state <> 'ended' ORDER BY queued_at LIMIT 1
                """, .id(request.room), .text(request.target.text), .bool(request.hidden != nil), read: Self.snapshot),
            ownLinkCall: try row(
                """
                SELECT * FROM call_snapshots WHERE load = $1 AND origin = 'url'
                UNION ALL
                SELECT call.* FROM call_snapshots call JOIN attached_dials dial ON dial.call = call.id
                 WHERE dial.load = $1 AND dial.origin = 'url'
                 LIMIT 1
                """, .id(request.load), read: Self.snapshot),
            firedByAnother: try row(
                """
                SELECT EXISTS (
                    SELECT FROM calls fired JOIN participants present ON present.load = fired.load AND present.room = fired.room
                     WHERE fired.room = $1 AND fired.target = $2 AND fired.origin = 'url' AND fired.load <> $3
                       AND fired.hides_number = $4 AND present.left_at IS NULL) AS fired
                """, .id(request.room), .text(request.target.text), .id(request.load), .bool(request.hidden != nil)
            ) { row throws(PostgresError) in try row.value("fired") } ?? false)
    }

    /// Writes down that a live call is this wish's, too: a wish is remembered by its key, so a page that makes up keys is held to a number of them.
    fileprivate func attach(_ request: DialRequest, to call: CallSnapshot, now: Int64) throws(PostgresError) -> DialVerdict {
        let before = try row(
            "SELECT count(*) AS all, count(*) FILTER (WHERE load = $2) AS own FROM attached_dials WHERE call = $1", .id(call.id), .id(request.load)
        ) { row throws(PostgresError) in (all: try row.value("all", as: Int64.self), own: try row.value("own", as: Int64.self)) }
        guard let before, before.own < DialOnce.wishesPerLoad, before.all < DialOnce.wishesPerCall else {
            return .turnedAway(CallReason(Problem(.atCapacity, "This call has been asked for too often. It goes on as it is.")), nil)
        }
        _ = try execute(
            """
            INSERT INTO attached_dials (load, key, call, origin, attached_at) VALUES ($1, $2, $3, $4, instant($5))
            """, .id(request.load), .id(request.key), .id(call.id), .text(request.origin.rawValue), .int(now))
        if before.own == 0 { try note(.attached, of: call.id, at: now) }
        return .attached(call)
    }

    /// FraudGuard, the route, and the row. The order of locks is always the load, the room, its link, the guard.
    fileprivate func place(_ wish: GuardedWish) throws(PostgresError) -> DialVerdict {
        let request = wish.request
        let rules = try guardRules(covering: request.target, wish.profile, policy: wish.policy)
        // A program's key is its right; the link of the room is not asked, nor used up.
        let grant = request.origin == .api ? nil : try linkGrant(request, now: wish.now)
        var counted = CountedDial(request.target, client: request.client, carrier: request.trunk, link: grant?.id, now: wish.now)
        var dial = GuardedDial(request.target, profile: wish.profile, link: grant?.id, carrier: request.trunk)
        var screened = FraudGuard.screen(wish.subject(grant), rules)
        if screened == nil { screened = try guardHours(dial, byTrunk: false, rules, now: wish.now).refusal }
        if let refusal = screened ?? grant?.refusal {
            let reason = refusal.rule == .link ? grant?.reason ?? refusal.reason : refusal.reason
            return try refuse(wish, counted, grant, rules, refusal.outcome, reason, refusal)
        }
        switch DialRouting.decide(request.target, try routingFacts(request), trunk: request.trunk) {
        case .refused(let outcome, let reason):
            return try refuse(wish, counted, grant, rules, outcome, wish.shown(reason, of: outcome), nil)
        case .route(let route, let label):
            if case .trunks(let trunks) = route { counted.carrier = trunks.trunks.first }
            dial.carrier = counted.carrier
            if let refusal = try guardHours(dial, byTrunk: true, rules, now: wish.now).refusal {
                return try refuse(wish, counted, grant, rules, refusal.outcome, refusal.reason, refusal)
            }
            counted.day = try guardDay(wish.now, rules.timeZone)
            try lockGuard()
            let trial = try FraudGuard.reserve(
                dial, rules, linkSeconds: grant?.maximumSeconds ?? request.wish?.maximumSeconds, now: wish.now
            ) { question throws(PostgresError) in
                try guardUsage(question, counted)
            }
            switch trial.verdict {
            case .refused(let refusal):
                if let burst = trial.lock { try lock(burst, counted, by: wish.id) }
                return try refuse(wish, counted, grant, rules, refusal.outcome, refusal.reason, refusal)
            case .allowed(let reservation):
                var queued = wish.call(grant)
                if !queued.hidesNumber { queued.label = request.wish?.label?.text ?? label }
                let command = DialCommand(
                    call: wish.id, room: request.room, target: route.presenting(grant?.callerID), label: queued.label,
                    graceSeconds: wish.policy.limits.graceSeconds, maximumSeconds: reservation.maximumSeconds,
                    ringSeconds: wish.policy.limits.ringSeconds, peer: request.peer, waitSeconds: request.wish?.waitSeconds)
                try insert(queued, request, counted, command: command)
                try reserve(reservation, of: wish.id, wish.profile)
                try note(.queued, of: wish.id, at: wish.now)
                try warn(trial.warnings, counted)
                return .placed(queued, command)
            }
        }
    }

    /// Writes down what the call has of FraudGuard's, beside what it counts as.
    private func reserve(_ reservation: GuardReservation, of call: CallID, _ profile: NumberProfile?) throws(PostgresError) {
        guard let profile else { return }
        _ = try execute(
            "UPDATE calls SET guard_country = $2, guard_type = $3, minute_price = $4, reserved_seconds = $5 WHERE id = $1", .id(call),
            .optional(profile.region), .text(profile.type.rawValue), .optional(reservation.price?.millionths), .int(Int64(reservation.seconds)))
    }

    /// Writes down that a dial is not made, as a call of its own unless there were too many of them.
    private func refuse(
        _ wish: GuardedWish, _ counted: CountedDial, _ grant: LinkGrant?, _ rules: GuardRules, _ outcome: CallOutcome, _ reason: CallReason,
        _ refusal: GuardRefusal?
    ) throws(PostgresError) -> DialVerdict {
        let limit = rules.limit(.refusalsPerMinute) ?? 0
        guard try mayRecordRefusal(counted, limit: limit, rule: refusal?.rule.rawValue ?? "route", refusal: refusal) else {
            return .turnedAway(reason, refusal)
        }
        var ledger = CallLedger(wish.call(grant))
        _ = ledger.close(outcome, reason: reason, atMilliseconds: wish.now)
        var call = ledger.call
        call.refusal = refusal
        try insert(call, wish.request, counted, command: nil)
        try note(.ended, of: call.id, at: wish.now, CallEventDetail(outcome: outcome, by: .system, text: reason.text))
        return .refused(call)
    }

    /// Where the target could lead at this moment. A virtual number's digits are no extension's, and only a telephone number needs trunks.
    private func routingFacts(_ request: DialRequest) throws(PostgresError) -> DialRouting.Facts {
        switch request.target {
        case .short(let digits):
            let name = try row("SELECT display_name FROM extensions WHERE number = $1", .text(digits)) { row throws(PostgresError) in
                try row.value("display_name", as: String.self)
            }
            return DialRouting.Facts(number: try number(digits), extensionName: name)
        case .unreadable:
            return DialRouting.Facts()
        case .e164:
            let trunks = try trunkCandidates()
            guard request.trunk == nil, trunks.count > 1 else { return DialRouting.Facts(trunks: trunks) }
            let turn = try row("SELECT nextval('trunk_turns') AS turn") { row throws(PostgresError) in try row.value("turn", as: Int64.self) }
            return DialRouting.Facts(trunks: trunks, turn: UInt64(clamping: turn ?? 0))
        }
    }

    private func insert(_ call: CallSnapshot, _ request: DialRequest, _ counted: CountedDial, command: DialCommand?) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO calls (id, room, target, trunk, label, state, outcome, reason_code, reason_text, ended_by, origin, load, key,
                               peer, queued_at, expires_at, ended_at, command, client, counted_address, counted_network, carrier, telephone,
                               link, hides_number, refusal)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, instant($15), instant($16), instant($17), $18, $19, $20, $21,
                    $22, $23, $24, $25, $26)
            """,
            .id(call.id), .id(call.room), .prose(call.target.text), .optional(call.trunk?.text), .text(call.label),
            .text(call.state.rawValue), .optional(call.outcome?.rawValue), .optional(call.reason?.code),
            .optional(call.reason?.text), .optional(call.outcome.map { _ in CallParty.system.rawValue }),
            .text(call.origin.rawValue), .id(call.load), .id(call.key), .optional(request.peer?.text), .int(call.queuedAt), .int(call.expiresAt),
            .optional(call.endedAt), .optional(try command.map { command throws(PostgresError) in try JSONText.encode(command) }),
            .text(request.client?.description ?? ""), .text(counted.address), .text(counted.network), .optional(counted.carrier?.text),
            .bool(counted.isTelephone), .optional(call.link?.text), .bool(call.hidesNumber),
            .optional(try call.refusal.map { refusal throws(PostgresError) in try JSONText.encode(refusal) }))
        try publish(call, at: call.queuedAt, now: call.queuedAt)
    }
}

/// A dial on its way through FraudGuard, with everything that is known of it before the database is asked.
private struct GuardedWish {
    let request: DialRequest
    let policy: Policy
    let id: CallID
    let now: Int64
    let profile: NumberProfile?
    private let isEmergency: Bool

    init(_ request: DialRequest, plan: any NumberPlan, policy: Policy, id: CallID, now: Int64) {
        self.request = request
        self.policy = policy
        self.id = id
        self.now = now
        switch request.target {
        case .e164(let number): (profile, isEmergency) = (plan.profile(of: number), false)
        case .short(let digits): (profile, isEmergency) = (nil, plan.isEmergency(short: digits))
        case .unreadable: (profile, isEmergency) = (nil, false)
        }
    }

    func subject(_ grant: LinkGrant?) -> FraudGuard.Subject {
        FraudGuard.Subject(
            target: request.target, profile: profile, isGranted: grant != nil || request.origin == .api, isEmergency: isEmergency,
            hidesNumber: request.hidden != nil)
    }

    /// The call as it begins.
    func call(_ grant: LinkGrant?) -> CallSnapshot {
        CallSnapshot(
            id: id, room: request.room, target: request.target, trunk: request.trunk,
            label: request.hidden != nil ? CallSnapshot.hiddenLabel : request.target.maskedForGuests, state: .queued, earlyMedia: false,
            outcome: nil, reason: nil, origin: request.origin, load: request.load, key: request.key, queuedAt: now,
            expiresAt: now + Int64(policy.limits.expirySeconds) * 1_000, answeredAt: nil, endedAt: nil, talkSeconds: 0, link: grant?.id,
            hidesNumber: request.hidden != nil)
    }

    /// A sentence that names the number in part names nothing of one that is hidden.
    func shown(_ reason: CallReason, of outcome: CallOutcome) -> CallReason {
        request.hidden != nil ? CallReason(code: reason.code, text: outcome.sentence) : reason
    }
}

import Domain
import LibPQ
import Store
import Testing

@Suite(.timeLimit(.minutes(2)))
struct DialTests {
    @Test("A dial to a virtual number is queued, with the command that the bridge is to get")
    func placed() async throws {
        try await TestStore.with { test in
            let verdict = try await Visitor(1).dial(test.store, "601")
            guard case .placed(let call, let command) = verdict else { throw Unexpected() }
            #expect(call.state == .queued && call.label == "Announcement" && call.expiresAt == start + 15_000)
            #expect(command.call == call.id && command.graceSeconds == 10 && command.maximumSeconds == 7_200)
            #expect(command.target == (try await test.store.number("601"))?.route)
            #expect(try await test.store.call(call.id) == call)
            #expect(try await test.store.liveCalls(in: call.room) == [call])
        }
    }

    @Test("The same key fifty times at once is one call")
    func sameKey() async throws {
        try await TestStore.with(connections: 8) { test in
            let visitor = try Visitor(1)
            try await visitor.join(test.store)
            let verdicts = try await race(50) { _ in try await visitor.dial(test.store) }
            #expect(verdicts.count(where: \.isPlaced) == 1)
            #expect(Set(verdicts.map(\.call?.id)).count == 1)
            #expect(try await test.count("SELECT count(*) FROM calls") == 1)
        }
    }

    @Test("Thirty visitors who open one link at once ring once")
    func manyVisitors() async throws {
        try await TestStore.with(connections: 8) { test in
            let verdicts = try await race(30) { index in
                let visitor = try Visitor(UInt64(index))
                try await visitor.join(test.store)
                return try await visitor.dial(test.store)
            }
            #expect(verdicts.count(where: \.isPlaced) == 1)
            #expect(verdicts.allSatisfy { $0.call != nil })
            #expect(try await test.count("SELECT count(*) FROM calls") == 1)
        }
    }

    @Test("One load and key in many rooms at once is one call")
    func manyRooms() async throws {
        try await TestStore.with(connections: 8) { test in
            let verdicts = try await race(20) { index in try await Visitor(7, room: "room-\(index)").dial(test.store) }
            #expect(verdicts.count(where: \.isPlaced) == 1)
            #expect(try await test.count("SELECT count(*) FROM calls") == 1)
        }
    }

    @Test("A reload after the call does not ring again, under the same key or another one")
    func reload() async throws {
        try await TestStore.with { test in
            let visitor = try Visitor(1)
            let call = try await visitor.place(test.store)
            let ended = try await test.store.failCall(call.id, outcome: .busy, reason: nil, by: .phone, now: start + 5)
            let expected = DialVerdict.known(try #require(ended))
            #expect(try await visitor.dial(test.store, at: start + 9) == expected)
            #expect(try await visitor.dial(test.store, key: "another-key", at: start + 9) == expected)
            #expect(try await test.count("SELECT count(*) FROM calls") == 1)
        }
    }

    @Test("The database itself refuses a second call by the link of one load")
    func constraint() async throws {
        try await TestStore.with { test in
            _ = try await Visitor(1).place(test.store)
            let error = await #expect(throws: PostgresError.self) {
                try await test.sql { transaction throws(PostgresError) in
                    _ = try transaction.execute(
                        """
                        INSERT INTO calls (id, room, target, label, state, origin, load, key, peer, queued_at, expires_at, command)
                        SELECT 'ca_second', room, target, label, state, origin, load, 'second-key', peer, queued_at, expires_at, command
                          FROM calls
                        """)
                }
            }
            #expect(error?.isUniqueViolation == true)
            #expect(error?.kind == .constraint("calls_link_once_per_load"))
        }
    }

    @Test("A second visitor joins a live call, and a reload of theirs after its end does not ring")
    func attach() async throws {
        try await TestStore.with { test in
            let call = try await Visitor(1).place(test.store)
            let second = try Visitor(2)
            #expect(try await second.dial(test.store, at: start + 3) == .attached(call))
            let ended = try await test.store.failCall(call.id, outcome: .cancelled, reason: nil, by: .user, now: start + 5)
            #expect(try await second.dial(test.store, at: start + 9) == .known(try #require(ended)))
            #expect(try await test.count("SELECT count(*) FROM calls") == 1)
            #expect(try await test.store.timeline(call.id).map(\.kind) == [.queued, .attached, .ended])
        }
    }

    @Test("After the call a second visitor's link rings nobody while the first is there, and rings when they are gone")
    func secondVisitor() async throws {
        try await TestStore.with { test in
            let first = try Visitor(1)
            try await first.join(test.store)
            let call = try await first.place(test.store)
            _ = try await test.store.failCall(call.id, outcome: .noAnswer, reason: nil, by: .limit, now: start + 5)
            let second = try Visitor(2)
            try await second.join(test.store)
            #expect(try await second.dial(test.store, at: start + 9) == .alreadyFired)
            #expect(try await second.dial(test.store, key: "by-a-person", origin: .user, at: start + 10).isPlaced)

            try await test.store.recordLeft(room: first.room, peer: first.peer, now: start + 11)
            _ = try await test.store.failCall(
                try #require(try await test.store.liveCalls(in: first.room).first).id, outcome: .cancelled, reason: nil, by: .user,
                now: start + 12)
            #expect(try await Visitor(3).dial(test.store, at: start + 13).isPlaced)
        }
    }

    @Test("«Call again» rings again, and pressed twice during the call it does not")
    func callAgain() async throws {
        try await TestStore.with { test in
            let visitor = try Visitor(1)
            let first = try await visitor.place(test.store)
            _ = try await test.store.failCall(first.id, outcome: .busy, reason: nil, by: .phone, now: start + 5)
            let again = try await visitor.place(test.store, key: "again-001", origin: .user, at: start + 9)
            #expect(try await visitor.dial(test.store, key: "again-002", origin: .user, at: start + 10) == .attached(again))
            #expect(try await test.count("SELECT count(*) FROM calls") == 2)
        }
    }

    @Test("A duplicated tab rings nobody by itself")
    func copy() async throws {
        try await TestStore.with { test in
            let verdict = try await Visitor(1, isCopy: true).dial(test.store)
            #expect(verdict == .alreadyFired)
            #expect(try await test.count("SELECT count(*) FROM calls") == 0)
        }
    }

    @Test(
        "What cannot be reached is a call with an outcome and a reason",
        arguments: [
            ("610", nil, CallOutcome.unreachable, ProblemCode.noSuchExtension),
            ("+4930901820", nil, .trunkUnavailable, .noTrunk),
            ("+4930901820", "tr_4194b9eab3de", .trunkUnavailable, .unknownTrunk),
        ])
    func refused(_ target: String, _ trunk: String?, _ outcome: CallOutcome, _ code: ProblemCode) async throws {
        try await TestStore.with { test in
            try await test.allow("+4930")
            let verdict = try await Visitor(1).dial(test.store, target, trunk: trunk.flatMap(TrunkID.init))
            guard case .refused(let call) = verdict else { throw Unexpected() }
            #expect(call.state == .ended && call.outcome == outcome && call.reason?.code == code.rawValue)
            #expect(try await test.store.call(call.id) == call)
            #expect(try await test.store.liveCalls(in: call.room).isEmpty)
            #expect(try await test.store.queuedCalls(bridge: "b1", now: start).isEmpty)
            #expect(try await test.store.timeline(call.id).map(\.kind) == [.ended])
            #expect(try await Visitor(1).dial(test.store, target) == .known(call))
        }
    }

    /// Runs `body` so often at once.
    private func race<T: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> T) async throws -> [T] {
        try await withThrowingTaskGroup { group in
            for index in 0..<count { group.addTask { try await body(index) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}

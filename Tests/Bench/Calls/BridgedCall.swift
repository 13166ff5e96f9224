/// One browser and one phone, in a room of their own.
struct BridgedCall {
    let visitor: Visitor
    let number: String
    let id: String

    /// Ends it as a phone does, and waits for the server's word.
    func end(_ stage: CallStage) async {
        if (try? await stage.phones.hangUp(number)) != nil { _ = try? await visitor.awaitEnd(of: id) }
        await visitor.leave()
        stage.phones.forget(number)
    }
}

/// Several calls that are up at once.
struct BridgedCalls {
    private static let ringing = Duration.milliseconds(20)

    private(set) var calls: [BridgedCall] = []
    let audio: NumberedAudio

    private init(audio: NumberedAudio) { self.audio = audio }

    /// Runs `body`, and ends the calls that it has opened in any case: one that stays would be in the next figure.
    static func whileUp<Value>(
        on stage: CallStage, audio: NumberedAudio, _ body: (inout BridgedCalls) async throws -> Value
    ) async throws -> Value {
        var calls = BridgedCalls(audio: audio)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(&calls))
        } catch {
            result = .failure(error)
        }
        await calls.end(on: stage)
        return try result.get()
    }

    /// Adds calls, one after the other.
    mutating func open(_ count: Int, on stage: CallStage, mode: ListeningMode) async throws {
        for _ in 0..<count {
            let visitor = try await Visitor.join(stage.server, generator: stage.browsers)
            let number = stage.phone(ringing: Self.ringing, audio: audio, mode: mode)
            do {
                let placed = try await visitor.dial(number)
                calls.append(BridgedCall(visitor: visitor, number: number, id: placed.call))
            } catch {
                await visitor.leave()
                stage.phones.forget(number)
                throw error
            }
        }
    }

    /// Packets so far, by direction.
    func packets(_ stage: CallStage) async throws -> PacketCount {
        var count = PacketCount()
        for call in calls {
            let (browser, phone) = (try await call.visitor.heard(), try await stage.phones.record(of: call.number))
            guard phone.isAcknowledged, !phone.isEndedByServer else { throw BenchError("a call was not up all the time") }
            count.fromBrowser += browser.sentPackets
            count.atPhone += phone.heard.soundingCount
            count.fromPhone += phone.heard.sentPackets
            count.atBrowser += browser.soundingCount
        }
        return count
    }

    private func end(on stage: CallStage) async {
        for call in calls { await call.end(stage) }
    }
}

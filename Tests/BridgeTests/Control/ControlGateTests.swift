import Bridge
import Crypto
import Domain
import Foundation
import Testing
import VirtualNetwork

@Suite("Which control requests are believed")
struct ControlGateTests {
    static let keys = ControlKeys(SymmetricKey(data: Array(0..<32 as Range<UInt8>)))
    static let now: Int64 = 1_767_225_600
    static let epoch: UInt64 = 1_767_225_000_123
    private static let target = "/control/command"

    static func gate() -> ControlGate { ControlGate(id: "bridge-1", epoch: epoch, keys: keys) }

    static func nonce(_ number: UInt64) -> ControlNonce {
        var random = SeededGenerator(seed: number)
        return ControlNonce(random: &random)
    }

    static func header(
        _ body: [UInt8], audience: String = "bridge-1", epoch: UInt64 = epoch, target: String = target, time: Int64 = now, nonce: UInt64 = 1,
        keys: ControlKeys = keys
    ) -> String {
        let request = ControlRequest(audience: audience, epoch: epoch, method: "POST", target: target, body: body)
        return ControlSignature(of: request, time: time, nonce: Self.nonce(nonce), keys: keys).header
    }

    static func body(_ command: BridgeCommand = Sample.dial(), epoch: UInt64 = epoch) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return Array(
            try encoder.encode(
                CommandRequest(
                    id: "00112233445566778899aabbccddeeff", epoch: epoch, expiresAtMilliseconds: now * 1_000 + 5_000, command: command)))
    }

    private static func verify(
        _ gate: ControlGate, _ body: [UInt8], _ header: String?, claimed: UInt64 = epoch, now: Int64 = now
    ) -> ControlGate.Verdict {
        gate.verify(target: target, body: body, header: header, claimed: claimed, now: now)
    }

    @Test("A genuine one is, once")
    func genuine() throws {
        let gate = Self.gate()
        let body = try Self.body()
        #expect(Self.verify(gate, body, Self.header(body)).nonce == Self.nonce(1))
        #expect(Self.verify(gate, body, Self.header(body)).refusal == .replayed)
        #expect(Self.verify(gate, body, Self.header(body, nonce: 2)).nonce == Self.nonce(2))
        #expect(gate.refusedCounts == [.replayed: 1])
    }

    @Test("Unsigned, malformed, late, early, altered and misdirected ones are not, and each is counted")
    func refused() throws {
        let gate = Self.gate()
        let body = try Self.body()
        #expect(Self.verify(gate, body, nil).refusal == .unsigned)
        #expect(Self.verify(gate, body, "v1=00").refusal == .malformed)
        #expect(Self.verify(gate, body, Self.header(body), now: Self.now + 31).refusal == .stale)
        #expect(Self.verify(gate, body, Self.header(body), now: Self.now - 31).refusal == .stale)
        #expect(Self.verify(gate, body + [0x20], Self.header(body)).refusal == .wrongSignature)
        #expect(Self.verify(gate, body, Self.header(body, audience: "bridge-2")).refusal == .wrongSignature)
        #expect(Self.verify(gate, body, Self.header(body, audience: "api")).refusal == .wrongSignature)
        #expect(Self.verify(gate, body, Self.header(body, target: "/control/hello")).refusal == .wrongSignature)
        let others = ControlKeys(SymmetricKey(data: Array(1..<33 as Range<UInt8>)))
        #expect(Self.verify(gate, body, Self.header(body, keys: others)).refusal == .wrongSignature)
        #expect(gate.refusedCounts == [.unsigned: 1, .malformed: 1, .stale: 2, .wrongSignature: 5])
        // None of them has used the nonce up.
        #expect(Self.verify(gate, body, Self.header(body)).nonce == Self.nonce(1))
    }

    @Test("One for another epoch is told from a forged one, and is not done")
    func otherEpoch() throws {
        let gate = Self.gate()
        let body = try Self.body(epoch: 7)
        guard case .otherEpoch(let nonce) = Self.verify(gate, body, Self.header(body, epoch: 7), claimed: 7) else {
            Issue.record("not recognised")
            return
        }
        #expect(nonce == Self.nonce(1))
        // A body that names this epoch under a signature for another is a forgery.
        #expect(Self.verify(gate, body, Self.header(body, epoch: 7), claimed: Self.epoch).refusal == .wrongSignature)
        #expect(Self.verify(gate, body, Self.header(body, epoch: 0, nonce: 3), claimed: 0).nonce == Self.nonce(3))
    }

    @Test("Every byte changed and every length of a signed command changes nothing that is done")
    func sweep() throws {
        let gate = Self.gate()
        let body = try Self.body()
        let header = Self.header(body)
        let decoder = JSONDecoder()
        var decoded = 0
        func attack(_ bytes: [UInt8]) {
            let request = try? decoder.decode(CommandRequest.self, from: Data(bytes))
            if request != nil { decoded += 1 }
            let verdict = Self.verify(gate, bytes, header, claimed: request?.epoch ?? Self.epoch)
            #expect(verdict.refusal == .wrongSignature)
        }
        for length in 0..<body.count { attack(Array(body.prefix(length))) }
        var mutated = body
        for place in body.indices {
            for value in UInt8.min...UInt8.max where value != body[place] {
                mutated[place] = value
                attack(mutated)
            }
            mutated[place] = body[place]
        }
        // Some are still commands: only the signature tells.
        #expect(decoded > 100)
        #expect(Self.verify(gate, body, header).nonce != nil)
    }

    @Test("A command whose bytes were changed before it was signed is decoded and done without a trap")
    func sweepInside() throws {
        let decoder = JSONDecoder()
        let rig = RoomRig()
        rig.connect(1)
        rig.perform(Sample.dial(2))
        for command in [Sample.dial(1, to: Sample.announcement(leadSilence: 250)), Sample.join(3), .hangup(call: Sample.call(2), by: .user)] {
            let body = try Self.body(command)
            var mutated = body
            for place in body.indices {
                for value in Array("0123456789-.eE\"{}[],:a\u{7F}".utf8) + [0, 0x80, 0xC0, 0xFF] {
                    mutated[place] = value
                    if let request = try? decoder.decode(CommandRequest.self, from: Data(mutated)) { rig.perform(request.command) }
                }
                mutated[place] = body[place]
            }
        }
        rig.run(for: .seconds(1))
        rig.shutDown()
        #expect(rig.table.isEmpty)
    }
}

extension ControlGate.Verdict {
    var nonce: ControlNonce? { if case .genuine(let nonce) = self { nonce } else { nil } }
    var refusal: ControlRefusal? { if case .refused(let refusal) = self { refusal } else { nil } }
}

import LibSRTP
import RTP
import Testing

struct SRTPTests {
    private static func keys(_ profile: SRTPProfile, seed: UInt64 = 1) -> (SRTPKeyingMaterial, SRTPKeyingMaterial) {
        var random = SeededGenerator(seed: seed)
        let one = random.bytes(profile.keyLength + profile.saltLength)
        let other = random.bytes(profile.keyLength + profile.saltLength)
        return (
            SRTPKeyingMaterial(profile: profile, local: one, remote: other),
            SRTPKeyingMaterial(profile: profile, local: other, remote: one)
        )
    }

    private static func pair(_ profile: SRTPProfile) throws -> (sender: LibSRTPTransform, receiver: LibSRTPTransform) {
        let (sender, receiver) = keys(profile)
        return (try LibSRTPTransform(sender), try LibSRTPTransform(receiver))
    }

    private static func packet(_ sequence: UInt16, source: UInt32 = 0x1234_5678) -> [UInt8] {
        let head: [UInt8] = [0x80, 111, UInt8(sequence >> 8), UInt8(sequence & 0xFF), 0, 0, 1, 0]
        return head + (0..<4).reversed().map { UInt8(truncatingIfNeeded: source >> (8 * $0)) } + (0..<160).map { UInt8($0) }
    }

    private static let report: [UInt8] = [0x81, 201, 0, 7, 0x12, 0x34, 0x56, 0x78] + [UInt8](repeating: 3, count: 24)

    @Test("An RTP packet comes back as it was", arguments: SRTPProfile.allCases)
    func roundTripRTP(profile: SRTPProfile) throws {
        let (sender, receiver) = try Self.pair(profile)
        for sequence in UInt16(65_500)...65_535 {
            var bytes = Self.packet(sequence)
            #expect(sender.protectRTP(&bytes, from: 0))
            #expect(bytes.count == 172 + (profile == .aeadAES128GCM ? 16 : 10))
            #expect(bytes[12...] != Self.packet(sequence)[12...])
            #expect(receiver.unprotectRTP(&bytes) == .accepted)
            #expect(bytes == Self.packet(sequence))
        }
    }

    @Test("A packet that lies behind others in an arena is protected in its place", arguments: SRTPProfile.allCases)
    func arena(profile: SRTPProfile) throws {
        let (sender, receiver) = try Self.pair(profile)
        var arena: [UInt8] = [1, 2, 3]
        arena += Self.packet(7)
        #expect(sender.protectRTP(&arena, from: 3))
        #expect(arena[..<3] == [1, 2, 3])
        var bytes = Array(arena[3...])
        #expect(receiver.unprotectRTP(&bytes) == .accepted)
        #expect(bytes == Self.packet(7))
    }

    @Test("A report comes back as it was", arguments: SRTPProfile.allCases)
    func roundTripRTCP(profile: SRTPProfile) throws {
        let (sender, receiver) = try Self.pair(profile)
        for _ in 0..<3 {
            var bytes = Self.report
            #expect(sender.protectRTCP(&bytes, from: 0))
            #expect(receiver.unprotectRTCP(&bytes) == .accepted)
            #expect(bytes == Self.report)
        }
    }

    @Test("A packet that was seen before is refused, one that was overtaken is not", arguments: SRTPProfile.allCases)
    func replay(profile: SRTPProfile) throws {
        let (sender, receiver) = try Self.pair(profile)
        let protected = (1...1500).map { sequence in
            var bytes = Self.packet(UInt16(sequence))
            #expect(sender.protectRTP(&bytes, from: 0))
            return bytes
        }
        func verdict(_ index: Int) -> SRTPVerdict {
            var bytes = protected[index]
            return receiver.unprotectRTP(&bytes)
        }
        #expect(verdict(1100) == .accepted)
        #expect(verdict(1100) == .replayed)
        #expect(verdict(200) == .accepted)
        #expect(verdict(200) == .replayed)
        #expect(verdict(0) == .replayed, "older than the window")
        #expect(verdict(1499) == .accepted)

        var report = Self.report
        #expect(sender.protectRTCP(&report, from: 0))
        var again = report
        #expect(receiver.unprotectRTCP(&report) == .accepted)
        #expect(receiver.unprotectRTCP(&again) == .replayed)
    }

    @Test("A number that was sent is not protected again, and the arena is cut back", arguments: SRTPProfile.allCases)
    func sentOnce(profile: SRTPProfile) throws {
        let (sender, _) = try Self.pair(profile)
        var bytes = Self.packet(1)
        #expect(sender.protectRTP(&bytes, from: 0))
        var again: [UInt8] = [9]
        again += Self.packet(1)
        #expect(!sender.protectRTP(&again, from: 1))
        #expect(again == [9])
    }

    @Test("A packet of another key is refused", arguments: SRTPProfile.allCases)
    func otherKey(profile: SRTPProfile) throws {
        let (_, receiver) = try Self.pair(profile)
        let stranger = try LibSRTPTransform(Self.keys(profile, seed: 2).0)
        var bytes = Self.packet(1)
        #expect(stranger.protectRTP(&bytes, from: 0))
        #expect(receiver.unprotectRTP(&bytes) == .forged)
    }

    @Test("A packet cut at any length, or with any one byte changed, is refused", arguments: SRTPProfile.allCases, [true, false])
    func everyChange(profile: SRTPProfile, isRTP: Bool) throws {
        let (sender, receiver) = try Self.pair(profile)
        var genuine = isRTP ? Self.packet(1) : Self.report
        #expect(isRTP ? sender.protectRTP(&genuine, from: 0) : sender.protectRTCP(&genuine, from: 0))
        func verdict(_ bytes: [UInt8]) -> SRTPVerdict {
            var bytes = bytes
            return isRTP ? receiver.unprotectRTP(&bytes) : receiver.unprotectRTCP(&bytes)
        }
        for length in 0..<genuine.count {
            #expect(verdict(Array(genuine[..<length])) != .accepted, "cut at \(length)")
        }
        for index in genuine.indices {
            for change in [UInt8(0x01), 0x10, 0x80, 0xFF] {
                var changed = genuine
                changed[index] ^= change
                #expect(verdict(changed) != .accepted, "byte \(index)")
            }
        }
        #expect(verdict(genuine) == .accepted, "no forgery stood in the way of the genuine one")
    }

    @Test("Noise is refused", arguments: SRTPProfile.allCases)
    func noise(profile: SRTPProfile) throws {
        let (_, receiver) = try Self.pair(profile)
        var random = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            var bytes = random.bytes(Int.random(in: 0..<80, using: &random))
            // Versions, extensions and CSRC counts of all kinds, also where the lengths do not fit.
            if !bytes.isEmpty { bytes[0] = 0x80 | bytes[0] & 0x3F }
            var copy = bytes
            #expect(receiver.unprotectRTP(&bytes) != .accepted)
            #expect(receiver.unprotectRTCP(&copy) != .accepted)
        }
    }

    @Test("Plain packets that are no packets are not protected")
    func malformedPlain() throws {
        let (sender, _) = try Self.pair(.aeadAES128GCM)
        for length in 0..<12 {
            var bytes = Array(Self.packet(1)[..<length])
            #expect(!sender.protectRTP(&bytes, from: 0))
            #expect(bytes.isEmpty)
        }
        var claims = Array(Self.packet(1)[..<16])
        // 15 CSRCs that are not there.
        claims[0] = 0x8F
        #expect(!sender.protectRTP(&claims, from: 0))
    }

    @Test("A peer may begin 256 streams and no more; the known ones go on")
    func boundedSources() throws {
        let (sender, receiver) = try Self.pair(.aeadAES128GCM)
        func verdict(_ sequence: UInt16, _ source: UInt32) -> SRTPVerdict {
            var bytes = Self.packet(sequence, source: source)
            #expect(sender.protectRTP(&bytes, from: 0))
            return receiver.unprotectRTP(&bytes)
        }
        for source in 0..<UInt32(LibSRTPTransform.maximumSources) { #expect(verdict(1, source) == .accepted) }
        #expect(verdict(1, 9999) == .malformed)
        #expect(verdict(2, 5) == .accepted)
    }

    @Test("Keys of the wrong length are refused")
    func wrongKeys() {
        #expect(throws: SRTPSetupError.self) {
            try LibSRTPTransform(SRTPKeyingMaterial(profile: .aeadAES128GCM, local: [1], remote: [2]))
        }
    }
}

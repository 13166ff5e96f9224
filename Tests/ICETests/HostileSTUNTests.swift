import ICE
import Testing

@Suite("Hostile STUN")
struct HostileSTUNTests {
    private let valid = TestPeer.request(nominating: true)

    @Test("No prefix of a valid request is answered, and none traps")
    func prefixes() {
        let peer = TestPeer()
        for length in 0..<valid.count {
            let prefix = Array(valid[..<length])
            #expect(peer.receive(prefix) == .ignored(.malformed))
            #expect(peer.response.isEmpty)
            _ = STUNMessage.localUfrag(in: prefix.span)
        }
        #expect(peer.selected == nil)
    }

    @Test("No request with one changed byte is answered")
    func changedBytes() {
        let peer = TestPeer()
        forEachMutation { bytes in
            guard case .ignored = peer.receive(bytes), peer.response.isEmpty else { return false }
            return true
        }
        #expect(peer.selected == nil && peer.counters.responded == 0)
    }

    @Test("No request with one changed byte and a mended fingerprint is answered")
    func changedBytesMended() {
        let peer = TestPeer()
        forEachMutation { bytes in
            // The fingerprint protects from accidents, the integrity from people.
            var mended = bytes
            fixFingerprint(&mended)
            guard mended != valid else { return true }
            guard case .ignored = peer.receive(mended), peer.response.isEmpty else { return false }
            return true
        }
        #expect(peer.selected == nil && peer.counters.responded == 0)
    }

    @Test("The fragment is found in mutated requests or it is not, and nothing traps")
    func changedBytesForDemultiplexing() {
        forEachMutation { bytes in
            (STUNMessage.localUfrag(in: bytes.span)?.utf8.count ?? 0) <= STUNMessage.longestLocalUfrag
        }
    }

    @Test("Random attributes behind a true header neither trap nor are answered", arguments: 0..<20 as Range<UInt64>)
    func randomAttributes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let peer = TestPeer()
        let types: [UInt16] = [0x0001, 0x0006, 0x0008, 0x0009, 0x000A, 0x0020, 0x0024, 0x0025, 0x8028, 0x8029, 0x802A, 0x7000]
        for _ in 0..<500 {
            var body: [UInt8] = []
            while body.count < 200, Int.random(in: 0..<12, using: &random) > 0 {
                let type = types.randomElement(using: &random)!
                let length = [0, 1, 4, 8, 20, Int.random(in: 0...300, using: &random)].randomElement(using: &random)!
                body += [UInt8(type >> 8), UInt8(type & 255), UInt8(length >> 8), UInt8(length & 255)]
                for _ in 0..<min((length + 3) / 4 * 4, 40) { body.append(random.next()) }
            }
            var bytes: [UInt8] = [0x00, 0x01, UInt8(body.count >> 8), UInt8(body.count & 255), 0x21, 0x12, 0xa4, 0x42]
            for _ in 0..<12 { bytes.append(random.next()) }
            bytes += body
            guard case .ignored = peer.receive(bytes), peer.response.isEmpty else {
                Issue.record("answered: \(bytes)")
                return
            }
            _ = STUNMessage.localUfrag(in: bytes.span)
        }
    }

    /// Every byte of the valid request with each of the 255 other values.
    private func forEachMutation(_ isAsExpected: ([UInt8]) -> Bool) {
        var bytes = valid
        for index in bytes.indices {
            for change in 1...255 as ClosedRange<UInt8> {
                bytes[index] = valid[index] ^ change
                if !isAsExpected(bytes) { Issue.record("byte \(index) changed by \(change)") }
            }
            bytes[index] = valid[index]
        }
    }
}

import Bridge
import Domain
import OpenSSLDTLS
import Testing
import VirtualBrowser
import VirtualNetwork

/// Datagrams that nobody of ours sent, at the port of a room with a call in it.
@Suite("Hostile datagrams")
struct HostileDatagramTests {
    /// A room with a connected browser and an echo call, and one datagram of every kind that the browser sends.
    private func call(native: Bool) throws -> (rig: RoomRig, visitor: Visitor, samples: [[UInt8]]) {
        let rig = native ? RoomRig(toolbox: NativeToolbox(certificate: try DTLSCertificate())) : RoomRig()
        let visitor = rig.connect(1, browser: native ? try EchoCallTests.nativeBrowser(1) : nil)
        rig.perform(Sample.dial())
        let silence = [UInt8](repeating: 0, count: 40)
        var samples = [visitor.browser.check()]
        for index in 0..<3 { if let packet = visitor.browser.speak(silence, index: index) { samples.append(packet) } }
        if let report = visitor.browser.report() { samples.append(report) }
        // A ClientHello of another browser, from the address of this one.
        let other = native ? try EchoCallTests.nativeBrowser(2) : VirtualBrowser(plain: 2)
        let second = rig.visit(2, room: Sample.room, browser: other)
        rig.perform(Sample.join(2))
        rig.negotiate(second)
        rig.receive(second.browser.check(), from: second)
        rig.run(for: .milliseconds(1))
        _ = rig.takeChanges()
        return (rig, visitor, samples)
    }

    @Test("Every length of every kind is met with silence", arguments: [true, false])
    func lengths(native: Bool) throws {
        let (rig, visitor, samples) = try call(native: native)
        let before = rig.sent
        for sample in samples {
            for length in 0..<sample.count { rig.receive(Array(sample.prefix(length)), from: visitor) }
            for extra in 1..<40 { rig.receive(Array(sample.dropLast(1)) + [UInt8](repeating: 0xA5, count: extra), from: visitor) }
        }
        #expect(rig.sent == before)
        #expect(rig.changes.isEmpty)
        try expectAlive(rig, visitor)
    }

    @Test("Every byte changed in every kind is met with silence", arguments: [true, false])
    func mutations(native: Bool) throws {
        let (rig, visitor, samples) = try call(native: native)
        let before = rig.sent
        for sample in samples {
            var mutated = sample
            for place in sample.indices {
                for value in UInt8.min...UInt8.max where value != sample[place] {
                    mutated[place] = value
                    // What PlainSRTP cannot tell from a genuine packet is none of this test.
                    if !native, sample[0] >= 128 { break }
                    rig.receive(mutated, from: visitor)
                }
                mutated[place] = sample[place]
            }
        }
        #expect(rig.sent == before)
        #expect(rig.changes.isEmpty)
        try expectAlive(rig, visitor)
    }

    @Test("Noise of every size from a known and an unknown address is met with silence", arguments: 1...4 as ClosedRange<UInt64>)
    func noise(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (rig, visitor, _) = try call(native: true)
        let stranger = rig.visit(9, room: Sample.room, browser: VirtualBrowser(plain: 9_999))
        let before = rig.sent
        for _ in 0..<5_000 {
            var noise = (0..<Int.random(in: 0...1_500, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            // Half of it begins like something: DTLS would be answered by an alert at most, so it is left to its own tests.
            if !noise.isEmpty, Bool.random(using: &random) { noise[0] = [0, 1, 128, 144, 0xB0].randomElement(using: &random)! }
            if let first = noise.first, (20...63).contains(first) { continue }
            rig.receive(noise, from: Bool.random(using: &random) ? visitor : stranger)
        }
        #expect(rig.sent == before)
        #expect(rig.changes.isEmpty)
        try expectAlive(rig, visitor)
    }

    @Test("DTLS of every length and with every byte changed ends at most the connection that it was for")
    func handshake() throws {
        let certificate = try DTLSCertificate()
        let hello = try clientHello()
        // A fresh connection for each: a broken handshake may be refused for good.
        func attack(_ datagram: [UInt8]) {
            let rig = RoomRig(toolbox: NativeToolbox(certificate: certificate))
            rig.perform(Sample.join(1))
            let visitor = rig.visit(1, room: Sample.room, browser: VirtualBrowser(plain: 1))
            rig.negotiate(visitor)
            // Before a check has proven the address, not a byte of it is read.
            rig.receive(datagram, from: visitor)
            #expect(rig.sent == 0)
            rig.receive(visitor.browser.check(), from: visitor)
            let before = rig.sent
            rig.receive(datagram, from: visitor)
            #expect(rig.sent - before <= 3)
            #expect(rig.changes.map(\.word) == ["joined 1"])
            rig.perform(.leave(room: Sample.room, peer: visitor.peer))
            #expect(rig.table.isEmpty)
        }
        for length in 0..<hello.count { attack(Array(hello.prefix(length))) }
        var random = SeededGenerator(seed: 5)
        for place in hello.indices {
            for _ in 0..<4 {
                var mutated = hello
                mutated[place] = .random(in: .min ... .max, using: &random)
                attack(mutated)
            }
        }
    }

    private func clientHello() throws -> [UInt8] {
        let client = try OpenSSLAssociation(certificate: DTLSCertificate(), role: .client)
        _ = client.handleDeadline(now: .zero)
        var hello: [UInt8] = []
        _ = client.takeDatagram(into: &hello)
        return hello
    }

    @Test("A browser with another certificate than its offer's gets no media")
    func wrongCertificate() throws {
        let rig = RoomRig(toolbox: NativeToolbox(certificate: try DTLSCertificate()))
        let stolen = VirtualBrowser(
            number: 1, fingerprint: [UInt8](repeating: 7, count: 32), dtls: try OpenSSLAssociation(certificate: DTLSCertificate(), role: .client)
        ) { _ in nil }
        rig.connect(1, browser: stolen)
        rig.run(for: .seconds(1))
        #expect(rig.perform(Sample.dial()) == .refused(.nobodyThere))
        #expect(rig.changes.map(\.word) == ["joined 1"])
    }

    /// The call goes on as if nothing had been.
    private func expectAlive(_ rig: RoomRig, _ visitor: Visitor) throws {
        var heard = 0
        visitor.browser.hears = { _ in heard += 1 }
        rig.run(for: .seconds(1))
        #expect((49...51).contains(heard), "\(heard)")
        rig.perform(.leave(room: Sample.room, peer: visitor.peer))
        rig.perform(.leave(room: Sample.room, peer: Sample.peer(2)))
        rig.perform(.hangup(call: Sample.call(1), by: .user))
        #expect(rig.table.isEmpty)
    }
}

import Bridge
import Domain
import LibOpus
import LibSRTP
import Media
import OpenSSLDTLS
import RTP
import Testing
import VirtualBrowser
import VirtualNetwork

/// Offer and answer, STUN, DTLS, SRTP, Opus, mixer, G.711, echo, forwarder and back, by the real libraries in virtual time.
@Suite("A browser calls the echo")
struct EchoCallTests {
    private static let tone = Goertzel(frequency: 440)

    static func nativeBrowser(_ number: UInt16) throws -> VirtualBrowser {
        let certificate = try DTLSCertificate()
        return VirtualBrowser(
            number: number, fingerprint: certificate.fingerprint, dtls: try OpenSSLAssociation(certificate: certificate, role: .client)
        ) { try? LibSRTPTransform($0) }
    }

    static func opusTone(complexity: Int = 0) throws -> (Int) -> [UInt8] {
        let encoder = try OpusAudioEncoder(sampleRate: 8_000, bitrate: 24_000, complexity: complexity)
        try encoder.expectLoss(percent: 5)
        return { index in
            var payload: [UInt8] = []
            encoder.encode(Self.tone.frame(index), into: &payload)
            return payload
        }
    }

    @Test("The tone of the microphone comes back from 600 as PCMU, unbroken and once")
    func lossless() throws {
        let rig = RoomRig(toolbox: NativeToolbox(certificate: try DTLSCertificate()))
        let visitor = rig.connect(1, browser: try Self.nativeBrowser(1))
        #expect(visitor.browser.isUp)
        var heard: [VirtualBrowser.Heard] = []
        visitor.browser.hears = { heard.append($0) }
        #expect(rig.perform(Sample.dial()) == .accepted)
        visitor.speak(from: rig.now, try Self.opusTone())
        rig.run(for: .seconds(5))

        #expect(abs(heard.count - 250) <= 2)
        #expect(Set(heard.map(\.header.payloadType)) == [0])
        #expect(Set(heard.map(\.header.ssrc)) == Set(visitor.browser.sections.filter { $0.value == "1" }.keys))
        for (one, next) in zip(heard, heard.dropFirst()) {
            #expect(next.header.sequenceNumber == one.header.sequenceNumber &+ 1)
            #expect(next.header.timestamp == one.header.timestamp &+ 160)
        }
        let samples = heard.suffix(200).flatMap(\.payload).map { G711.muLaw.decode($0) }
        #expect(Self.tone.share(in: samples) > 0.98)
        #expect((0.7...1.2).contains(Self.tone.gain(of: samples)))
        #expect(visitor.browser.reports >= 4)
    }

    @Test("The tone comes back through loss, jitter, reordering and duplication both ways", arguments: 1...6 as ClosedRange<UInt64>)
    func badNetwork(seed: UInt64) throws {
        let rig = RoomRig(seed: seed, toolbox: NativeToolbox(certificate: try DTLSCertificate()))
        let visitor = rig.connect(1, browser: try Self.nativeBrowser(1))
        rig.setWeather(
            Conditions(
                delay: .milliseconds(50), jitter: .milliseconds(30), jitterReorders: true, loss: 0.05, reorder: 0.02, duplication: 0.02))
        var heard: [Int64: [UInt8]] = [:]
        var numbers = 0
        var unwrapper = Unwrapper()
        visitor.browser.hears = { packet in
            numbers += 1
            heard[unwrapper.unwrap(packet.header.sequenceNumber)] = packet.payload
        }
        #expect(rig.perform(Sample.dial()) == .accepted)
        visitor.speak(from: rig.now, try Self.opusTone())
        rig.run(for: .seconds(20))

        #expect(rig.changes.contains(.callAnswered(room: Sample.room)))
        // 5 % are lost on the way back; what was duplicated is heard once.
        #expect((900...990).contains(numbers))
        #expect(heard.count == numbers)
        let samples = heard.sorted { $0.key < $1.key }.dropFirst(100).flatMap(\.value).map { G711.muLaw.decode($0) }
        // Blocks of 50 ms, 22 whole periods: every fifth has a seam of the way back, as many a concealed loss.
        let blocks = stride(from: 0, to: samples.count - 400, by: 400).map { Array(samples[$0..<$0 + 400]) }
        let shares = blocks.map { Self.tone.share(in: $0) }.sorted()
        #expect(shares[shares.count / 2] > 0.9, "\(shares[shares.count / 2])")
        let quiet = blocks.count { Self.tone.gain(of: $0) < 0.3 }
        #expect(quiet < blocks.count / 20, "\(quiet) of \(blocks.count)")
    }
}

/// Places 16-bit numbers near the newest.
struct Unwrapper {
    private var newest: Int64?

    mutating func unwrap(_ value: UInt16) -> Int64 {
        guard let newest else {
            self.newest = Int64(value)
            return Int64(value)
        }
        let place = newest + Int64(Int16(bitPattern: value &- UInt16(truncatingIfNeeded: newest)))
        self.newest = max(newest, place)
        return place
    }
}

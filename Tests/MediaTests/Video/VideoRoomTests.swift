import Media
import RTP
import Testing
import VirtualBrowser
import VirtualNetwork

/// Whom each browser of a room sees, packet by packet.
@Suite("Browsers see each other")
struct VideoRoomTests {
    /// A room, what each browser was sent of pictures, and what each was asked for.
    private final class Stage {
        let rig = EngineRig()
        private(set) var seen: [UInt32: [VirtualBrowser.Heard]] = [:]
        private(set) var repeated: [UInt32: [VirtualBrowser.Heard]] = [:]
        private(set) var asked: [UInt32: [(packet: RTCPPacket, bytes: [UInt8])]] = [:]
        private(set) var browsers: [UInt32: VirtualBrowser] = [:]

        /// Somebody comes, with the camera on or off.
        func join(_ number: UInt32, camera: Bool = false, screen: Bool = false, _ video: VideoOffer = VideoOffer()) throws {
            var video = video
            video.hasScreen = video.hasScreen || screen
            let browser = try rig.connect(number, phones: 2, video: video)
            browsers[number] = browser
            browser.hears = { [unowned self] packet in
                switch packet.header.payloadType {
                case VideoOffer.vp8, VideoOffer.h264: seen[number, default: []].append(packet)
                case VideoOffer.vp8 + 1, VideoOffer.h264 + 1: repeated[number, default: []].append(packet)
                default: break
                }
            }
            browser.isAsked = { [unowned self] in asked[number, default: []].append(($0, $1)) }
            switchOn(number, camera: camera, screen: screen)
            rig.wait(milliseconds: 100)
        }

        func switchOn(_ number: UInt32, camera: Bool = false, screen: Bool = false) {
            var kinds: VideoSourceID.Kinds = camera ? [.camera] : []
            if screen { kinds.insert(.screen) }
            rig.engine.setPictures(kinds, of: LegID(number))
        }

        func film(
            _ number: UInt32, _ packet: UInt16, isKeyframe: Bool = false, isScreen: Bool = false, type: UInt8 = VideoOffer.vp8, repeats: Bool = false,
            length: Int = 100
        ) {
            let sent = browsers[number]?.film(
                packet, isKeyframe: isKeyframe, isScreen: isScreen, payloadType: type, repeats: repeats, length: length)
            rig.deliver(sent ?? [], from: LegID(number))
        }

        func says(_ number: UInt32, _ build: (_ bytes: inout [UInt8], _ sender: UInt32) -> Void) {
            rig.deliver(browsers[number]?.control(build) ?? [], from: LegID(number))
        }

        /// The SSRC under which a browser sees its only picture.
        func stream(of number: UInt32) -> UInt32 { seen[number]?.last?.header.ssrc ?? 0 }

        /// The packet numbers that the payloads of a browser's packets name.
        func packets(_ number: UInt32) -> [UInt16] { (seen[number] ?? []).map { UInt16($0.payload[2]) << 8 | UInt16($0.payload[3]) } }

        func count(_ number: UInt32, _ isIt: (RTCPPacket) -> Bool) -> Int { (asked[number] ?? []).count { isIt($0.packet) } }

        func keyframesAsked(_ number: UInt32) -> Int {
            count(number) { if case .pictureLoss = $0 { true } else { false } }
        }

        func forget() {
            seen = [:]
            repeated = [:]
            asked = [:]
        }
    }

    @Test("A camera reaches each of the others in a section of its own, from a whole picture on, and nobody himself")
    func everybody() throws {
        let stage = Stage()
        for number: UInt32 in 1...3 { try stage.join(number, camera: true) }
        stage.rig.wait(milliseconds: 200)
        // Predicted pictures are of no use to somebody who has seen nothing, so the sender is asked for a whole one.
        for packet: UInt16 in 65_530...65_532 { stage.film(1, packet) }
        #expect(stage.seen.isEmpty && stage.keyframesAsked(1) == 1)
        stage.film(1, 65_533, isKeyframe: true)
        for packet: UInt16 in [65_534, 65_535, 0, 1] { stage.film(1, packet) }
        for viewer: UInt32 in 2...3 {
            #expect(stage.packets(viewer) == [65_533, 65_534, 65_535, 0, 1])
            let headers = (stage.seen[viewer] ?? []).map(\.header)
            #expect(Set(headers.map(\.ssrc)).count == 1 && headers.allSatisfy { $0.marker && $0.payloadType == VideoOffer.vp8 })
            for (before, after) in zip(headers, headers.dropFirst()) { #expect(after.sequenceNumber == before.sequenceNumber &+ 1) }
            let plan = stage.rig.engine.sections(of: LegID(viewer))
            #expect(plan.videoSections == 2 && plan.uploads == [.camera])
            let mid = plan.pictures.first { $0.value == VideoSourceID(leg: LegID(1), kind: .camera) }?.key
            #expect(mid != nil && stage.browsers[viewer]?.sections[stage.stream(of: viewer)] == mid)
        }
        #expect(stage.seen[1] == nil)
    }

    @Test("A camera that is off is forwarded to nobody; on again it begins with a whole picture, in the section that it had")
    func toggled() throws {
        let stage = Stage()
        try stage.join(1, camera: true)
        try stage.join(2)
        var streams: Set<UInt32> = []
        for round: UInt16 in 0..<20 {
            stage.film(1, 100 * round, isKeyframe: true)
            streams.insert(stage.stream(of: 2))
            stage.switchOn(1)
            stage.film(1, 100 * round + 1, isKeyframe: true)
            stage.rig.wait(milliseconds: 100)
            stage.switchOn(1, camera: true)
            stage.film(1, 100 * round + 2)
        }
        #expect(stage.packets(2) == (0..<20).map { 100 * $0 })
        #expect(streams.count == 1 && stage.rig.engine.sections(of: LegID(2)).videoSections == 1)
    }

    @Test("What a viewer misses is sent again from here, in the stream for that; what was never sent is not")
    func repeated() throws {
        let stage = Stage()
        try stage.join(1, camera: true)
        try stage.join(2)
        stage.film(1, 500, isKeyframe: true)
        for packet: UInt16 in 501...540 { stage.film(1, packet) }
        let first = stage.seen[2]?.first?.header.sequenceNumber ?? 0
        let ssrc = stage.stream(of: 2)
        stage.says(2) { bytes, sender in
            RTCPWriter.appendMissing(
                [
                    RTCPMissing(first: first &+ 7, following: 0b101), RTCPMissing(first: first &- 3, following: 0),
                    RTCPMissing(first: first &+ 900, following: 0),
                ],
                sender: sender, media: ssrc, to: &bytes)
        }
        let repeated = stage.repeated[2] ?? []
        #expect(repeated.map { UInt16($0.payload[0]) << 8 | UInt16($0.payload[1]) } == [first &+ 7, first &+ 8, first &+ 10])
        #expect(repeated.map { UInt16($0.payload[4]) << 8 | UInt16($0.payload[5]) } == [507, 508, 510])
        #expect(Set(repeated.map(\.header.ssrc)).count == 1 && repeated.first?.header.ssrc != ssrc)
        #expect(
            repeated.map(\.header.timestamp)
                == (stage.seen[2] ?? []).filter { [507, 508, 510].contains(UInt16($0.payload[2]) << 8 | UInt16($0.payload[3])) }.map(
                    \.header.timestamp))
        // A viewer that asks without end is sent no more than a picture's worth.
        stage.forget()
        for _ in 0..<200 {
            stage.says(2) { bytes, sender in
                RTCPWriter.appendMissing([RTCPMissing(first: first &+ 1, following: .max)], sender: sender, media: ssrc, to: &bytes)
            }
        }
        #expect((100...1_300).contains(stage.repeated[2]?.count ?? 0))
    }

    @Test("On a path that is known to be narrow no more is sent again than half of what it carries")
    func repeatedNarrowly() throws {
        let stage = Stage()
        try stage.join(1, camera: true)
        try stage.join(2)
        stage.film(1, 500, isKeyframe: true)
        for packet: UInt16 in 501...530 { stage.film(1, packet, length: 1_000) }
        let first = stage.seen[2]?.first?.header.sequenceNumber ?? 0
        let ssrc = stage.stream(of: 2)
        for _ in 0..<50 {
            stage.rig.wait(milliseconds: 100)
            stage.says(2) { bytes, sender in
                RTCPWriter.appendReceiverEstimate(bitsPerSecond: 200_000, sources: [ssrc], sender: sender, to: &bytes)
                RTCPWriter.appendMissing([RTCPMissing(first: first &+ 1, following: .max)], sender: sender, media: ssrc, to: &bytes)
            }
        }
        let bytes = (stage.repeated[2] ?? []).reduce(0) { $0 + $1.payload.count }
        #expect((40_000...20_000 + 5 * 200_000 / 16).contains(bytes))
    }

    @Test("A camera that only one shows comes down to what its path carries; others keep it from that")
    func onlyViewer() throws {
        let stage = Stage()
        try stage.join(1, camera: true)
        try stage.join(2)
        var limits: [UInt64] { (stage.asked[1] ?? []).compactMap { if case .receiverEstimate(_, let limit, _) = $0.packet { limit } else { nil } } }
        var number: UInt16 = 0
        // Packets of 625 bytes at that rate, of which the viewer says that its path carries so much.
        func run(_ rate: Int, path: UInt64?, seconds: Int) {
            stage.forget()
            for _ in 0..<10 * seconds {
                for _ in 0..<rate / 50_000 {
                    stage.film(1, number, isKeyframe: number == 0, length: 625)
                    number &+= 1
                }
                if let path { stage.says(2) { RTCPWriter.appendReceiverEstimate(bitsPerSecond: path, sources: [], sender: $1, to: &$0) } }
                stage.rig.wait(milliseconds: 100)
            }
        }
        run(600_000, path: nil, seconds: 3)
        #expect(limits == [])
        // Told within a moment, not with the next second.
        run(600_000, path: 170_000, seconds: 1)
        #expect(limits.contains { $0 < 250_000 })
        run(200_000, path: 170_000, seconds: 3)
        #expect((100_000..<250_000).contains(limits.last ?? 0) && stage.rig.engine.sections(of: LegID(2)).pictures.count == 1)
        // Little is sent because no more may be: that is no reason to let it have everything.
        run(150_000, path: 130_000, seconds: 3)
        run(100_000, path: 120_000, seconds: 3)
        #expect((80_000..<250_000).contains(limits.last ?? 0))
        run(100_000, path: 1_000, seconds: 2)
        #expect(limits.min() ?? 0 >= 79_000, "below that nothing is seen")
        // Somebody else can take it: he is not shown worse.
        try stage.join(3)
        number = 0
        run(300_000, path: 100_000, seconds: 1)
        #expect(limits.last ?? .max >= 249_000)
    }

    @Test("A viewer without retransmission is sent nothing twice under one number")
    func noRetransmission() throws {
        let stage = Stage()
        try stage.join(1, camera: true)
        var offer = VideoOffer()
        offer.hasRetransmission = false
        try stage.join(2, offer)
        stage.film(1, 500, isKeyframe: true)
        let first = stage.seen[2]?.first?.header.sequenceNumber ?? 0
        stage.says(2) { [ssrc = stage.stream(of: 2)] in
            RTCPWriter.appendMissing([RTCPMissing(first: first, following: 0)], sender: $1, media: ssrc, to: &$0)
        }
        #expect(stage.packets(2) == [500] && stage.repeated[2] == nil)
    }

    @Test("What is lost on the way here is asked for, and what is sent again takes its place at every viewer")
    func lostBefore() throws {
        let stage = Stage()
        try stage.join(1, camera: true)
        for viewer: UInt32 in 2...3 { try stage.join(viewer) }
        stage.film(1, 500, isKeyframe: true)
        stage.film(1, 501)
        stage.film(1, 504)
        stage.rig.advance(milliseconds: 10)
        stage.film(1, 505)
        let requests = (stage.asked[1] ?? []).compactMap { request -> [UInt16]? in
            guard case .missing(_, let media, let entries) = request.packet else { return nil }
            #expect(media == stage.browsers[1]?.videoSource())
            var numbers: [UInt16] = []
            entries.forEach(in: request.bytes.span) { $0.forEach { numbers.append($0) } }
            return numbers
        }
        #expect(requests == [[502, 503]])
        for packet: UInt16 in 502...503 { stage.film(1, packet, repeats: true) }
        for viewer: UInt32 in 2...3 {
            #expect(stage.packets(viewer) == [500, 501, 504, 505, 502, 503])
            let numbers = (stage.seen[viewer] ?? []).map { $0.header.sequenceNumber }
            #expect(numbers.map { $0 &- numbers[0] } == [0, 1, 4, 5, 2, 3])
        }
    }

    @Test("However many ask for a whole picture, its sender is asked twice a second")
    func bundled() throws {
        let stage = Stage()
        try stage.join(1, camera: true)
        for viewer: UInt32 in 2...5 { try stage.join(viewer) }
        stage.film(1, 1)
        stage.film(1, 2, isKeyframe: true)
        stage.forget()
        for round in 0..<20 {
            for viewer: UInt32 in 2...5 {
                stage.says(viewer) { [ssrc = stage.stream(of: viewer)] bytes, sender in
                    if round % 2 == 0 {
                        RTCPWriter.appendPictureLoss(sender: sender, media: ssrc, to: &bytes)
                    } else {
                        RTCPWriter.appendFullIntra(RTCPFullIntraEntry(ssrc: ssrc, sequenceNumber: UInt8(round)), sender: sender, to: &bytes)
                    }
                }
            }
            stage.rig.advance(milliseconds: 100)
            stage.film(1, UInt16(3 + round))
        }
        #expect((3...4).contains(stage.keyframesAsked(1)))
    }

    @Test("Who does not show a picture is not sent it, and its sender hears that nobody does")
    func views() throws {
        let stage = Stage()
        for number: UInt32 in 1...3 { try stage.join(number, camera: number == 1) }
        stage.film(1, 10, isKeyframe: true)
        let camera = VideoSourceID(leg: LegID(1), kind: .camera)
        stage.rig.engine.setView([], of: LegID(2))
        stage.film(1, 11)
        #expect(stage.packets(2) == [10] && stage.packets(3) == [10, 11])
        #expect(stage.rig.engine.sections(of: LegID(1)).uploads == [.camera])
        stage.rig.engine.setView([], of: LegID(3))
        #expect(stage.rig.engine.sections(of: LegID(1)).uploads == [])
        #expect(stage.rig.takeEvents().contains(.sectionsChanged(LegID(1))))
        stage.film(1, 12, isKeyframe: true)
        stage.rig.engine.setView([camera, VideoSourceID(leg: LegID(9), kind: .camera), camera], of: LegID(2))
        stage.film(1, 13)
        stage.film(1, 14, isKeyframe: true)
        #expect(stage.packets(2) == [10, 14] && stage.packets(3) == [10, 11])
        // The pause is no gap that would be asked for.
        let numbers = (stage.seen[2] ?? []).map(\.header.sequenceNumber)
        #expect(numbers.last == numbers.first.map { $0 &+ 1 })
    }

    @Test("A screen is a second picture of the same browser, told apart with and without announced sources", arguments: [true, false])
    func screen(announces: Bool) throws {
        let stage = Stage()
        var offer = VideoOffer()
        offer.announces = announces
        try stage.join(1, camera: true, screen: true, offer)
        try stage.join(2)
        stage.film(1, 20, isKeyframe: true)
        stage.film(1, 900, isKeyframe: true, isScreen: true)
        stage.film(1, 21)
        stage.film(1, 901, isScreen: true)
        #expect(stage.packets(2) == [20, 900, 21, 901])
        let plan = stage.rig.engine.sections(of: LegID(2))
        let kinds = (stage.seen[2] ?? []).map { stage.browsers[2]?.sections[$0.header.ssrc].flatMap { plan.pictures[$0]?.kind } }
        #expect(kinds == [.camera, .screen, .camera, .screen])
        stage.switchOn(1, camera: true)
        stage.film(1, 902, isKeyframe: true, isScreen: true)
        stage.film(1, 22)
        #expect(stage.packets(2).suffix(2) == [901, 22])
    }

    @Test("A codec that a viewer does not have is not sent to it; to the others it is, under their own numbers")
    func codecs() throws {
        let stage = Stage()
        try stage.join(1, camera: true)
        var offer = VideoOffer()
        offer.hasH264 = false
        try stage.join(2, offer)
        try stage.join(3)
        stage.film(1, 1, isKeyframe: true, type: VideoOffer.h264)
        #expect(stage.seen[2] == nil && stage.seen[3]?.map(\.header.payloadType) == [VideoOffer.h264])
        // A whole picture would not help who cannot decode it: its sender is not asked for one again and again.
        for packet: UInt16 in 10..<40 {
            stage.rig.advance(milliseconds: 100)
            stage.film(1, packet, type: VideoOffer.h264)
        }
        #expect(stage.keyframesAsked(1) <= 1)
        // What was never agreed on goes nowhere.
        stage.film(1, 2, isKeyframe: true, type: 98)
        #expect(stage.seen[3]?.count == 31)
    }

    @Test("The narrowest path decides how much a camera sends, within reason")
    func limits() throws {
        let stage = Stage()
        try stage.join(1, camera: true)
        for viewer: UInt32 in 2...3 { try stage.join(viewer) }
        var limits: [UInt64] = []
        func run(_ paths: [UInt32: UInt64]) {
            stage.forget()
            for step: UInt16 in 0..<60 {
                // 100 packets a second of 1,250 bytes: a million bits.
                for packet: UInt16 in 0..<5 { stage.film(1, 5 * step + packet, isKeyframe: step == 0, length: 1_250) }
                for (viewer, path) in paths {
                    stage.says(viewer) { RTCPWriter.appendReceiverEstimate(bitsPerSecond: path, sources: [], sender: $1, to: &$0) }
                }
                stage.rig.wait(milliseconds: 100)
            }
            limits = (stage.asked[1] ?? []).compactMap {
                if case .receiverEstimate(_, let bitsPerSecond, _) = $0.packet { bitsPerSecond } else { nil }
            }
        }
        run([:])
        #expect(limits == [])
        run([2: 1_500_000, 3: 700_000])
        #expect((550_000...850_000).contains(limits.last ?? 0))
        // Never less than a picture needs: who cannot take that is sent no picture after two seconds, and counts no more.
        run([2: 30_000])
        #expect((240_000...250_000).contains(limits.min() ?? 0) && limits.last ?? 0 >= 2_400_000)
        // What was taken away comes back one try after the other.
        for _ in 0..<4 { run([2: 900_000_000]) }
        #expect(limits.last ?? 0 >= 2_400_000)
    }

    @Test("Cameras come and go twenty times, two at once: sections are used again, everybody sees the right one")
    func comingAndGoing() throws {
        let stage = Stage()
        for number: UInt32 in 1...3 { try stage.join(number, camera: true) }
        for round: UInt32 in 0..<20 {
            let guests = [100 + 2 * round, 101 + 2 * round]
            for guest in guests { try stage.join(guest, camera: true) }
            stage.rig.wait(milliseconds: 200)
            stage.forget()
            let senders = [1, 2, 3] + guests
            for sender in senders { stage.film(sender, UInt16(1_000 * (sender % 7)), isKeyframe: true) }
            for viewer in senders {
                let expected = senders.filter { $0 != viewer }.map { UInt16(1_000 * ($0 % 7)) }
                #expect(stage.packets(viewer) == expected, "round \(round), viewer \(viewer)")
                let plan = stage.rig.engine.sections(of: LegID(viewer))
                #expect(plan.videoSections == 4)
                for (packet, sender) in zip(stage.seen[viewer] ?? [], senders.filter { $0 != viewer }) {
                    #expect(stage.browsers[viewer]?.sections[packet.header.ssrc].flatMap { plan.pictures[$0]?.leg } == LegID(sender))
                }
            }
            for guest in guests { stage.rig.disconnect(guest) }
        }
    }

    @Test("What is sent again too late has no place, and breaks nothing at those who went on")
    func tooLate() throws {
        let stage = Stage()
        try stage.join(1, camera: true)
        try stage.join(2)
        stage.film(1, 500, isKeyframe: true)
        stage.film(1, 501)
        for packet: UInt16 in 503...900 { stage.film(1, packet) }
        stage.film(1, 650, repeats: true)
        stage.film(1, 502, repeats: true)
        stage.film(1, 901)
        let numbers = (stage.seen[2] ?? []).map { $0.header.sequenceNumber }
        #expect(stage.packets(2).suffix(2).last == 901 && !stage.packets(2).contains(502))
        #expect(numbers.last.map { $0 &- numbers[0] } == 401)
    }

    @Test("A whole picture that has come is not asked for once more; who comes right after it asks at once")
    func answered() throws {
        let stage = Stage()
        try stage.join(1, camera: true)
        try stage.join(2)
        for packet: UInt16 in 1...3 { stage.film(1, packet) }
        stage.film(1, 4, isKeyframe: true)
        #expect(stage.keyframesAsked(1) == 1)
        for packet: UInt16 in 5..<20 {
            stage.film(1, packet)
            stage.rig.advance(milliseconds: 60)
        }
        #expect(stage.keyframesAsked(1) == 1)
        stage.film(1, 20, isKeyframe: true)
        try stage.join(3)
        stage.film(1, 21)
        #expect(stage.keyframesAsked(1) == 2)
    }

    @Test("Padding that tries the path leaves no hole, and is sent to nobody")
    func padding() throws {
        let stage = Stage()
        try stage.join(1, camera: true)
        try stage.join(2)
        stage.film(1, 1, isKeyframe: true)
        stage.film(1, 2, length: 0)
        stage.film(1, 3)
        #expect(stage.packets(2) == [1, 3])
        let numbers = (stage.seen[2] ?? []).map { $0.header.sequenceNumber }
        #expect(numbers[1] == numbers[0] &+ 1)
    }

    @Test("What a sender leaves out is no loss of those who look: they keep all pictures")
    func holes() throws {
        let stage = Stage()
        for number: UInt32 in 1...3 { try stage.join(number, camera: number < 3) }
        stage.film(1, 0, isKeyframe: true)
        stage.film(2, 0, isKeyframe: true)
        let sources = Set((stage.seen[3] ?? []).map(\.header.ssrc))
        for second: UInt16 in 1...10 {
            for packet: UInt16 in 0..<50 {
                // Every other number only; the other camera is well.
                stage.film(1, second &* 100 &+ packet &* 2)
                stage.film(2, second &* 50 &+ packet)
            }
            stage.says(3) { bytes, sender in
                let blocks = sources.map { ssrc in
                    let newest = (stage.seen[3] ?? []).last { $0.header.ssrc == ssrc }?.header.sequenceNumber ?? 0
                    let came = (stage.seen[3] ?? []).count { $0.header.ssrc == ssrc }
                    let first = (stage.seen[3] ?? []).first { $0.header.ssrc == ssrc }?.header.sequenceNumber ?? 0
                    return RTCPReportBlock(
                        ssrc: ssrc, fractionLost: 128, cumulativeLost: Int32(newest &- first) + 1 - Int32(came),
                        highestSequence: UInt32(newest), jitter: 0, lastSenderReport: 0, delaySinceLastSenderReport: 0)
                }
                RTCPWriter.appendReceiverReport(sender: sender, blocks: blocks, to: &bytes)
            }
            stage.rig.wait(milliseconds: 1_000)
        }
        #expect(stage.rig.engine.sections(of: LegID(3)).pictures.count == 2)
    }
}

import Media
import VirtualNetwork

/// A packet of the rig.
struct RigPacket: Sendable {
    var sequenceNumber: UInt16
    var timestamp: UInt32
    var payload: [UInt8]
}

/// A sender, a network and a playout buffer that is pulled every 20 ms.
struct PlayoutRig {
    var conditions = Conditions.perfect
    /// Of the sender's clock, in parts per million.
    var drift = 0
    var seed: UInt64 = 1
    var packetMilliseconds = 20
    /// When the first pull comes, relative to the first packet.
    var phase = Duration.milliseconds(7)
    var duration = Duration.seconds(60)
    var clockRate = 8000
    /// Sequence number and timestamp of a packet by its index; `nil` if it is never sent.
    ///
    /// By default both wrap after a few seconds.
    var number: (_ index: Int, _ ticks: Int) -> (UInt16, UInt32)? = { index, ticks in
        (65_000 &+ UInt16(truncatingIfNeeded: index), (.max - 100_000) &+ UInt32(truncatingIfNeeded: ticks))
    }
    /// From when on the network has other conditions, in order.
    var weather: [(from: Duration, conditions: Conditions)] = []

    /// One pull and what came of it.
    struct Pull {
        let time: Duration
        let kind: PlayoutFrame
        let samples: [Int16]
        let statistics: PlayoutStatistics
    }

    /// Runs the call.
    /// - Parameters:
    ///   - payload: makes the payload of the packet with this index.
    ///   - heard: gets every pull.
    @discardableResult
    func run(
        decoder: any AudioDecoder, payload: (Int) -> [UInt8], heard: (Pull) -> Void
    ) -> PlayoutStatistics {
        var playout = AudioPlayout(decoder: decoder, clockRate: clockRate)
        var network = VirtualNetwork<RigPacket>(seed: seed, toRight: conditions)
        let clock = VirtualClock(drift: drift)
        var frame: [Int16] = []
        var index = 0
        var pullTime = phase
        while pullTime < duration {
            while case let sendTime = clock.time(of: .milliseconds(packetMilliseconds * index)), sendTime <= pullTime {
                if let (sequenceNumber, timestamp) = number(index, index * packetMilliseconds * clockRate / 1000) {
                    deliver(&network, until: sendTime, to: &playout)
                    if let change = weather.last(where: { $0.from <= sendTime }) {
                        network.setConditions(change.conditions, to: .right)
                    }
                    let packet = RigPacket(sequenceNumber: sequenceNumber, timestamp: timestamp, payload: payload(index))
                    network.send(packet, from: .left, at: sendTime)
                }
                index += 1
            }
            deliver(&network, until: pullTime, to: &playout)
            let kind = playout.pull(into: &frame, now: pullTime)
            heard(Pull(time: pullTime, kind: kind, samples: frame, statistics: playout.statistics))
            pullTime += .milliseconds(20)
        }
        return playout.statistics
    }

    /// Runs the call with marked audio.
    /// - Parameter heard: gets every pull, and the age of its audio in milliseconds (`nil` if that is not clear).
    @discardableResult
    func measure(decoder: MarkDecoder = MarkDecoder(), heard: (Pull, Double?) -> Void) -> PlayoutStatistics {
        let clock = VirtualClock(drift: drift)
        return run(decoder: decoder, payload: { MarkDecoder.payload(index: $0, milliseconds: packetMilliseconds) }) { pull in
            heard(pull, MarkDecoder.age(of: pull.samples, at: clock.reading(at: pull.time)))
        }
    }

    private func deliver(_ network: inout VirtualNetwork<RigPacket>, until time: Duration, to playout: inout AudioPlayout) {
        while let arrival = network.next(until: time) {
            playout.insert(
                sequenceNumber: arrival.packet.sequenceNumber, timestamp: arrival.packet.timestamp,
                payload: arrival.packet.payload.span, now: arrival.time
            )
        }
    }
}

extension Duration {
    /// For figures in expectations and messages.
    var milliseconds: Double { self / .milliseconds(1) }
}

/// How long and how often things are measured.
struct MeasurementPlan: Sendable {
    /// What passes before idle memory is read.
    var settling: Duration
    var joins: Int
    /// Legs of the delay measurement: one for each millisecond between a packet's arrival and the room's frame.
    var delayLegs: Int
    /// Audio of a leg before its delay counts: the playout buffer finds its minimum.
    var warmUp: Duration
    var delayTime: Duration
    /// Legs that are up at once while processor time is read.
    var legCounts: [Int]
    var loadTime: Duration
    /// Whole calls, one after the other: a p99 wants hundreds.
    var calls: Int
    /// Calls at once between which the bridge's memory is compared.
    var memoryCalls: (few: Int, many: Int)
    /// Beside another server: ours and its, in turns.
    var rounds: Int
    var roundTime: Duration
    /// Of one core, how busy rooms keep the bridge while its delay is measured, or its cost by the stream.
    var loadPercent: Double
    /// Joins until a picture is there.
    var pictureJoins: Int

    static let full = MeasurementPlan(
        settling: .seconds(10), joins: 50, delayLegs: 20, warmUp: .seconds(10), delayTime: .seconds(60), legCounts: [1, 10, 50],
        loadTime: .seconds(30), calls: 300, memoryCalls: (10, 50), rounds: 3, roundTime: .seconds(15), loadPercent: 70, pictureJoins: 100)
    static let quick = MeasurementPlan(
        settling: .seconds(3), joins: 20, delayLegs: 20, warmUp: .seconds(5), delayTime: .seconds(10), legCounts: [1, 10],
        loadTime: .seconds(10), calls: 50, memoryCalls: (2, 10), rounds: 3, roundTime: .seconds(5), loadPercent: 25, pictureJoins: 20)
}

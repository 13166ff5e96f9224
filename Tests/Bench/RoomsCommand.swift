import ArgumentParser

/// The figures of rooms: browser legs of our own making hear and see each other.
struct RoomsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rooms", abstract: "Processor time, memory and delay of rooms with several browsers, side by side with Janus' AudioBridge.")

    @Option(help: "Origin of the installation, such as http://127.0.0.1:8080.")
    var origin: String

    @Option(help: "Process id of its bridge.")
    var bridgePID: Int32

    @Option(help: "Process id of its API.")
    var apiPID: Int32

    @Option(help: "URL of Janus' API, such as http://127.0.0.1:8088/janus; without it nothing is compared.")
    var janus: String?

    @Option(help: "Process id of Janus.")
    var janusPID: Int32?

    @Option(help: "Only these parts; repeatable.")
    var only: [Part] = []

    @Option(help: "Participants of a room while processor time is read, in place of 10 and 50 (64 at most); repeatable.")
    var legs: [Int] = []

    @Flag(help: "One line of JSON a figure, in place of the table.")
    var json = false

    @Flag(help: "Shorter, and so noisier: no 50 participants.")
    var quick = false

    /// What can be measured by itself.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case memory, load, delay, janus, video, join
    }

    private func wants(_ part: Part) -> Bool { only.isEmpty || only.contains(part) }

    func run() async throws {
        let plan = quick ? MeasurementPlan.quick : .full
        let generator = try MediaGenerator()
        let load = RoomLoad(
            server: try Server(origin: origin), generator: generator, bridge: ProcessUsage(pid: bridgePID), api: ProcessUsage(pid: apiPID),
            voices: try Voices())
        let report = Report(asJSON: json)
        report.begin()
        // First: what former rooms have left would be used again, and not counted.
        if wants(.memory) {
            await report.take("memory of participants") { try await RoomMemoryMeasurement(load: load, plan: plan).figures() }
        }
        await measureLoad(load, plan, into: report)
        if wants(.delay) { await report.take("delay of forwarded packets") { try await RoomDelayMeasurement(load: load, plan: plan).figures() } }
        await compare(load, plan, into: report)
        if wants(.video) { await report.take("forwarded video") { try await VideoLoadMeasurement(load: load, plan: plan).figures() } }
        if wants(.join) { await report.take("the time to the first picture") { try await FirstPictureMeasurement(load: load, plan: plan).figures() } }
        report.finish()
        generator.stop()
    }

    private func measureLoad(_ load: RoomLoad, _ plan: MeasurementPlan, into report: Report) async {
        guard wants(.load) else { return }
        await report.take("the machine") { try await WakeMeasurement().figures() }
        for cast in casts(plan) {
            await report.take("processor time of \(cast.participants) participants, of whom \(cast.talkers) talk") {
                try await RoomLoadMeasurement(load: load, cast: cast, plan: plan).figures()
            }
        }
    }

    private func casts(_ plan: MeasurementPlan) -> [RoomLoad.Cast] {
        let counts = legs.isEmpty ? plan.legCounts.filter { $0 > 1 } : legs.map { min(max($0, 2), 64) }
        return counts.flatMap(RoomLoad.Cast.both)
    }

    private func compare(_ load: RoomLoad, _ plan: MeasurementPlan, into report: Report) async {
        guard wants(.janus), let janus, let janusPID else { return }
        let theirs = JanusLoad(api: JanusAPI(url: janus), usage: ProcessUsage(pid: janusPID), generator: load.generator, voices: load.voices)
        for cast in casts(plan) {
            await report.take("\(cast.participants) participants beside Janus, of whom \(cast.talkers) talk") {
                try await JanusMeasurement(load: load, janus: theirs, cast: cast, plan: plan).figures()
            }
        }
    }
}

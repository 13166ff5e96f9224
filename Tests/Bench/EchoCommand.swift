import ArgumentParser

/// The figures of the echo chain: browser legs of our own making call 600, and time and processor are read.
struct EchoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo", abstract: "Delay, join time, processor time and memory of echo calls.")

    @Option(help: "Origin of the installation, such as http://127.0.0.1:8080.")
    var origin: String

    @Option(help: "Process id of its bridge.")
    var bridgePID: Int32

    @Option(help: "Process id of its API.")
    var apiPID: Int32

    @Option(help: "Seconds that a warm start took, measured by who made it; repeatable.")
    var startSeconds: [Double] = []

    @Option(help: "Only these parts; repeatable.")
    var only: [Part] = []

    @Option(help: "Legs that are up at once while processor time is read, in place of the usual counts; repeatable.")
    var legs: [Int] = []

    @Flag(help: "One line of JSON a figure, in place of the table.")
    var json = false

    @Flag(help: "Shorter, and so noisier: no 50 legs.")
    var quick = false

    /// What can be measured by itself.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case start, memory, join, delay, load
    }

    private func wants(_ part: Part) -> Bool { only.isEmpty || only.contains(part) }

    func run() async throws {
        let server = try Server(origin: origin)
        let report = Report(asJSON: json)
        let plan = quick ? MeasurementPlan.quick : .full
        report.begin()
        if wants(.start), !startSeconds.isEmpty { report.add(startTime) }
        let generator = try MediaGenerator()
        let bridge = ProcessUsage(pid: bridgePID)
        if wants(.memory) {
            await report.take("idle memory") {
                try await IdleMeasurement(bridge: bridge, api: ProcessUsage(pid: apiPID), plan: plan).figures()
            }
        }
        if wants(.join) {
            await report.take("join time") {
                try await JoinMeasurement(server: server, generator: generator, plan: plan).figures()
            }
        }
        if wants(.delay) {
            await report.take("echo delay") {
                try await DelayMeasurement(server: server, generator: generator, plan: plan).figures()
            }
        }
        if wants(.load) {
            await report.take("the machine") { try await WakeMeasurement().figures() }
            let speech = try OpusLoop.speech(seconds: 20)
            for count in legs.isEmpty ? plan.legCounts : legs {
                await report.take("processor time of \(count) legs") {
                    try await LoadMeasurement(
                        server: server, generator: generator, bridge: bridge, speech: speech, legs: max(count, 1), plan: plan
                    ).figures()
                }
            }
        }
        report.finish()
        generator.stop()
    }

    private var startTime: Figure {
        let sorted = startSeconds.sorted()
        let list = startSeconds.map { Figure.text($0) }.joined(separator: ", ")
        return Figure(
            "start_to_ready_s", sorted[sorted.count / 2], "s", aim: 5,
            "median of \(sorted.count) warm starts (\(list)), from the start of `ringlink up` to its links, private PostgreSQL")
    }
}

import ArgumentParser
import Foundation

/// The figures of a click: browser legs of our own making call phones of our own making, through a trunk.
struct ClickCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "click", abstract: "Set-up, delays, processor time, memory and end of calls between browsers and phones.",
        discussion:
            "The environment's RINGLINK_BENCH_KEY is an API key with all rights. Rules and a trunk are made and stay: for a fresh installation.")

    @Option(help: "Origin of the installation, such as http://127.0.0.1:8080.")
    var origin: String

    @Option(help: "Process id of its bridge.")
    var bridgePID: Int32

    @Option(help: "Folder of the socket of its private database; as root its owner is acted for while connecting.")
    var databaseFolder: String

    @Option(help: "Only these parts; repeatable.")
    var only: [Part] = []

    @Option(help: "Calls that are up at once while processor time is read, in place of the usual counts; repeatable.")
    var legs: [Int] = []

    @Flag(help: "One line of JSON a figure, in place of the table.")
    var json = false

    @Flag(help: "Shorter, and so noisier: no 50 calls, and the p99 of few.")
    var quick = false

    /// What can be measured by itself; setup, answer and end are taken from the same calls.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case memory, setup, answer, end, delay, load
    }

    private func wants(_ part: Part) -> Bool { only.isEmpty || only.contains(part) }

    func run() async throws {
        guard let key = ProcessInfo.processInfo.environment["RINGLINK_BENCH_KEY"], !key.isEmpty else {
            throw ValidationError("RINGLINK_BENCH_KEY is not set.")
        }
        let server = try Server(origin: origin)
        let stage = try CallStage(server: server)
        try await CallingRights.set(up: RESTClient(server: server, key: key), phones: stage.phones.address)
        let report = Report(asJSON: json)
        report.begin()
        try await measure(stage, into: report)
        report.finish()
        stage.stop()
    }

    private func measure(_ stage: CallStage, into report: Report) async throws {
        let plan = quick ? MeasurementPlan.quick : .full
        let bridge = ProcessUsage(pid: bridgePID)
        let audio = NumberedAudio()
        let speech = try OpusLoop.speech(seconds: 20)
        // First: what former calls have left would be used again, and not counted.
        if wants(.memory) {
            await report.take("memory of calls") {
                try await CallMemoryMeasurement(stage: stage, audio: audio, speech: speech, bridge: bridge, plan: plan).figures()
            }
        }
        let waits = Set([Part.setup, .answer, .end].filter(wants))
        if !waits.isEmpty {
            let call = WholeCall(stage: stage, outcomes: try await OutcomeWatch(folder: databaseFolder), tone: try OpusLoop.tone(), audio: audio)
            await report.take("set-up, answer and end of calls") {
                try await WholeCallMeasurement(call: call, count: plan.calls, parts: waits).figures()
            }
        }
        if wants(.delay) {
            await report.take("delay of calls") { try await AddedDelayMeasurement(stage: stage, audio: audio, plan: plan).figures() }
        }
        if wants(.load) {
            await report.take("the machine") { try await WakeMeasurement().figures() }
            for count in legs.isEmpty ? plan.legCounts : legs {
                await report.take("processor time of \(count) calls") {
                    try await CallLoadMeasurement(
                        stage: stage, audio: audio, speech: speech, bridge: bridge, count: max(count, 1), plan: plan
                    ).figures()
                }
            }
        }
    }
}

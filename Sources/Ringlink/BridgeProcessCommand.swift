import ArgumentParser
import Bridge
import Domain
import Linux
import Logging

/// `ringlink bridge`: the phone side, as the supervisor starts it.
struct BridgeProcessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bridge", abstract: "The bridge process, for the supervisor.", shouldDisplay: false)

    @OptionGroup var identity: ServiceIdentity

    func run() async throws {
        try await explainingFaults {
            let given = GivenEnvironment()
            let configuration = BridgeConfiguration(
                id: try given.text("RINGLINK_BRIDGE_ID"), build: Build.stamp, controlHost: "127.0.0.1",
                controlPort: try given.number("RINGLINK_CONTROL_PORT"),
                controlToBridge: try given.key("RINGLINK_CONTROL_TO_BRIDGE"), controlToAPI: try given.key("RINGLINK_CONTROL_TO_API"),
                mediaPort: UInt16(clamping: try given.number("RINGLINK_MEDIA_PORT")), mediaThreads: try given.number("RINGLINK_MEDIA_THREADS"),
                publicAddresses: given.list("RINGLINK_PUBLIC_ADDRESSES"), sipPort: UInt16(clamping: try given.number("RINGLINK_SIP_PORT")),
                rtpPorts: try given.portRange("RINGLINK_RTP_PORTS"), folder: try given.text("RINGLINK_BRIDGE_FOLDER"), version: Build.version,
                // Later starts have higher epochs, as long as the clock does not go back by more than the bridge was down.
                epoch: UInt64(max(MonotonicClock.wallClockNanoseconds() / 1_000_000, 1)),
                processFigures: { ProcessFigures.ofThisProcess() })
            try await runBridge(configuration, logger: ProcessLog.logger("bridge"))
        }
    }
}

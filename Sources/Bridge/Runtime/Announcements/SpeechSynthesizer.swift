import Domain
import Linux
import Logging
import Media
import SpeexDSP

/// Speaks announcements by espeak-ng, in a child process of its own, and keeps the last few.
///
/// A text is spoken before its call is answered, so nothing of this is on a packet's way.
actor SpeechSynthesizer {
    /// Spoken texts that are kept; each is at most `ChildProcess` output's limit.
    private static let capacity = 32
    /// Ten minutes of speech at espeak-ng's 22,050 samples per second.
    private static let outputLimit = 27 << 20

    private struct Text: Hashable {
        var text: String
        var language: String
    }

    private var spoken: [Text: Task<[UInt8]?, Never>] = [:]
    private var order: [Text] = []
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// The announcement's text as µ-law at 8 kHz; `nil` if it could not be spoken (the log says why).
    func speak(_ announcement: Announcement) async -> [UInt8]? {
        let text = Text(text: announcement.text, language: announcement.language)
        if let known = spoken[text] { return await known.value }
        let logger = logger
        let task = Task { await Self.synthesizeOnThread(text, logger: logger) }
        spoken[text] = task
        order.append(text)
        if order.count > Self.capacity { spoken[order.removeFirst()] = nil }
        let speech = await task.value
        // A failure is not kept: the program may be installed by the next call.
        if speech == nil { spoken[text] = nil }
        return speech
    }

    /// A thread of its own: the program may take seconds, and the cooperative pool has one thread a core.
    private static func synthesizeOnThread(_ text: Text, logger: Logger) async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            do {
                _ = try NativeThread(named: "speech") { continuation.resume(returning: synthesize(text, logger: logger)) }
            } catch {
                logger.error("no thread to speak on", metadata: ["error": "\(error)"])
                continuation.resume(returning: nil)
            }
        }
    }

    /// What espeak-ng is told: where programs lie, and none of our secrets.
    private static let environment = ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "LANG=C.UTF-8"]

    private static func synthesize(_ text: Text, logger: Logger) -> [UInt8]? {
        do {
            let wave = try ChildProcess.output(
                of: "espeak-ng", ["-v", text.language, "-s", "150", "--stdin", "--stdout"], environment: environment, input: Array(text.text.utf8),
                limit: outputLimit,
                timeout: .seconds(20))
            guard let recording = WaveRecording(wave) else {
                logger.error("espeak-ng gave no readable recording", metadata: ["language": "\(text.language)"])
                return nil
            }
            guard let samples = Resampler.convert(recording.samples, from: recording.sampleRate, to: 8_000) else {
                logger.error("the recording could not be resampled", metadata: ["rate": "\(recording.sampleRate)"])
                return nil
            }
            return samples.map { G711.muLaw.encode($0) }
        } catch {
            logger.error("espeak-ng failed", metadata: ["error": "\(error)", "language": "\(text.language)"])
            return nil
        }
    }
}

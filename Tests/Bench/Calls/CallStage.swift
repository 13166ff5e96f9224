import Linux

/// Everything that calls are made with: browsers on one side, phones behind a trunk on the other.
final class CallStage {
    let server: Server
    let browsers: MediaGenerator
    let phones: PhoneGenerator
    private var lastNumber = 0

    init(server: Server) throws {
        self.server = server
        browsers = try MediaGenerator()
        phones = try PhoneGenerator()
    }

    /// A number that was not called before, with a phone behind it.
    func phone(ringing: Duration, audio: NumberedAudio, mode: ListeningMode) -> String {
        lastNumber += 1
        let number = CallingRights.number(lastNumber)
        phones.expect(PhonePlan(number: number, ringing: ringing, audio: audio, mode: mode))
        return number
    }

    func stop() {
        browsers.stop()
        phones.stop()
    }
}

/// The phone of a number, and what it does when it is called. It answers once.
struct PhonePlan: Sendable {
    /// As it stands in the user part of the INVITE's Request-URI.
    var number: String
    /// From the INVITE to the 200; 180 goes out at once.
    var ringing: Duration
    var audio: NumberedAudio
    var mode: ListeningMode
}

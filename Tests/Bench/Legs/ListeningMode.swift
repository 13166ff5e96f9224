/// How a leg that speaks reads what comes back.
enum ListeningMode: Sendable {
    /// At once, and all of it is kept with its time of arrival.
    case recording
    /// When it next sends, and packets are only counted. Over loopback the kernel wakes a waiting reader in the sender's time: so
    /// read, the bridge pays for what it sends, as towards a network, and not for waking us.
    case counting
}

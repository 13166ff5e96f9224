import Domain

/// Who is told what the bridge says.
package protocol BridgeListener: Sendable {
    /// The bridge has said hello; `restarted`, once, if it had another epoch before. Then follow `recover` for what earlier epochs left, and `greeted`.
    func met(_ hello: HelloAnswer, restarted: Bool) async
    /// A durable event that an earlier epoch has left. A thrown error is retried, from the hello on.
    func recover(_ event: BridgeEvent, epoch: UInt64) async throws
    /// The books are to be brought in line. A thrown error is retried, from the hello on: nothing is lost meanwhile.
    ///
    /// - Returns: the position of the last event that is applied already.
    func greeted(_ hello: HelloAnswer) async throws -> UInt64
    /// A durable event. It is acknowledged once this returns; a thrown error is retried.
    func apply(_ event: BridgeEvent, epoch: UInt64) async throws
    func signalled(_ signal: BridgeSignal) async
    /// No contact for as long as `BridgeLease` allows.
    func died() async
}

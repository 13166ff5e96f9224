import Domain

/// Who is told what the bridge says.
package protocol BridgeListener: Sendable {
    /// The bridge has greeted; `restarted` if it had another epoch before. Thrown errors are retried: nothing is lost meanwhile.
    ///
    /// - Returns: the position of the last event that is applied already.
    func greeted(_ hello: HelloAnswer, restarted: Bool) async throws -> UInt64
    /// A durable event. It is acknowledged once this returns; a thrown error is retried.
    func apply(_ event: BridgeEvent, epoch: UInt64) async throws
    func signalled(_ signal: BridgeSignal) async
    /// No contact for as long as `BridgeLease` allows.
    func died() async
}

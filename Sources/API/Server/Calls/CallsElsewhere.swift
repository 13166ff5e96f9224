import Domain

/// Which news of calls at other processes' bridges the sockets of this one have still to be told.
///
/// A room may have browsers at two processes. Each process tells its own sockets what its own bridge says; the rest is looked up.
package struct CallsElsewhere: Sendable {
    private var told: [CallID: CallSnapshot] = [:]

    package init() {}

    /// Calls whose next state is awaited.
    package var following: [CallID] { Array(told.keys) }

    /// - Parameter calls: all that are followed, and new ones.
    /// - Returns: those that have changed since they were last seen. One that has ended is not followed any longer.
    package mutating func news(of calls: [CallSnapshot]) -> [CallSnapshot] {
        let changed = calls.filter { told[$0.id] != $0 }
        told = Dictionary(calls.filter { $0.state != .ended }.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        return changed
    }
}

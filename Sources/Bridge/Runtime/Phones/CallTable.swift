import Domain
import SIP

/// The calls on the desk, and the SIP sessions that each of them has or had.
struct CallTable {
    private var calls: [CallID: DeskCall] = [:]
    /// Whose call hears what its session tells.
    private var listeners: [SessionID: CallID] = [:]
    /// Which trunk a session went over and for which call, until it owes and is owed nothing more: for the journal and for the trunk's limit.
    private var lines: [SessionID: (trunk: TrunkID, call: CallID)] = [:]

    subscript(call: CallID) -> DeskCall? {
        get { calls[call] }
        set { calls[call] = newValue }
    }

    var count: Int { calls.count }
    var all: [(call: CallID, desk: DeskCall)] { calls.map { ($0.key, $0.value) } }
    var unanswered: some Sequence<DeskCall> { calls.values.lazy.filter { $0.answered == nil } }

    /// The call that hears what `session` tells; `nil` once it was let go.
    func call(of session: SessionID) -> CallID? { listeners[session] }

    func trunk(of session: SessionID) -> TrunkID? { lines[session]?.trunk }

    /// Lines of a trunk that calls take up, those that only clean up counted in. A call over several of its addresses takes one.
    func linesInUse(of trunk: TrunkID) -> Int { Set(lines.values.lazy.filter { $0.trunk == trunk }.map(\.call)).count }

    mutating func attach(_ session: SessionID, to call: CallID, over trunk: TrunkID?) {
        listeners[session] = call
        if let trunk { lines[session] = (trunk, call) }
    }

    /// From now on nobody hears what the session tells; its line is still taken up.
    mutating func detach(_ session: SessionID) { listeners[session] = nil }

    mutating func release(_ session: SessionID) { lines[session] = nil }
}

/// How often each thing happened to the datagrams of one agent.
public struct ICECounters: Equatable, Sendable {
    /// Valid checks.
    public private(set) var responded: UInt64 = 0
    private var ignored = [UInt64](repeating: 0, count: ICEIgnored.allCases.count)
    private var refused = [UInt64](repeating: 0, count: STUNErrorCode.allCases.count)

    public init() {}

    public subscript(reason: ICEIgnored) -> UInt64 { ignored[Int(reason.rawValue)] }

    public subscript(code: STUNErrorCode) -> UInt64 {
        STUNErrorCode.allCases.firstIndex(of: code).map { refused[$0] } ?? 0
    }

    mutating func count(_ outcome: ICEOutcome) {
        switch outcome {
        case .responded:
            responded &+= 1
        case .ignored(let reason):
            ignored[Int(reason.rawValue)] &+= 1
        case .refused(let code):
            if let index = STUNErrorCode.allCases.firstIndex(of: code) { refused[index] &+= 1 }
        }
    }
}

import API
import Domain

/// A bridge that lets everybody in and refuses what a test wants refused.
actor FakeBridge: BridgeConnection {
    private(set) var commands: [BridgeCommand] = []
    /// The id of each of them.
    private(set) var ids: [String] = []
    private var refusal: BridgeRefusal?
    private var isSilent = false

    func refuse(_ refusal: BridgeRefusal?) { self.refusal = refusal }
    func fallSilent() { isSilent = true }
    func speakAgain() { isSilent = false }

    func send(
        _ command: BridgeCommand, id: String, expiry: Int64, claim: @Sendable (UInt64) async -> Bool
    ) async throws(BridgeUnavailable) -> BridgeAnswer {
        guard await claim(1) else { throw BridgeUnavailable(mayHaveArrived: false, isClaimRefused: true) }
        commands.append(command)
        ids.append(id)
        if isSilent { throw BridgeUnavailable(mayHaveArrived: true) }
        if let refusal { return .refused(refusal) }
        switch command {
        case .join(let join):
            let peer = Participant(id: .peer(join.peer), kind: .browser, name: join.name.text, microphone: true, camera: false)
            return .joined(participants: [peer], isLocked: false)
        case .offer: return .answered(sdp: "v=0 answer", sections: MediaSections(audio: 2, video: 0, tracks: [:]))
        case .query: return .report(.rooms([]))
        case .trunkReport, .testTrunk: return .refused(.unknownTrunk)
        case .leave, .socketLost, .update, .view, .dial, .hangup, .dtmf, .moderate, .configure: return .accepted
        }
    }
}

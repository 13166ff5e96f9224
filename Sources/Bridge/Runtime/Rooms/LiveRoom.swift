import Domain
import Media

/// One room as it is now: who is in it, which calls are up, and when what must end. Sans-IO; lives on one media thread.
///
/// PostgreSQL keeps the record, this keeps the truth: grace and maximum are enforced here, also while the web side is down.
package final class LiveRoom {
    /// Browsers that a room takes.
    package static let placeLimit = 64
    package static let callLimit = 8
    /// Page loads that a room remembers for each purpose.
    static let memory = 256

    let slug: RoomSlug
    let engine: RoomEngine
    var places: [PeerID: BrowserPlace] = [:]
    /// Of what was told of sections last.
    private var revision: UInt64 = 0
    /// Nobody new comes in but a host.
    var isLocked = false
    /// Page loads that were inside when it was locked, or came in since: a reload is let in again.
    var admitted: Set<LoadID> = []
    /// Page loads whose browsers a host has silenced: a reload does not change that.
    var muted: Set<LoadID> = []
    var calls: [CallID: LiveCall] = [:]
    /// Peers and calls by their legs, for what the engine tells.
    var peersByLeg: [LegID: PeerID] = [:]
    var callsByLeg: [LegID: CallID] = [:]

    init(slug: RoomSlug, engine: RoomEngine) {
        self.slug = slug
        self.engine = engine
    }

    /// Nobody and nothing is left: the room can be forgotten.
    var isOver: Bool { places.isEmpty && calls.isEmpty }

    var participants: [Participant] {
        places.values.sorted { $0.leg < $1.leg }.map(\.participant)
            + calls.values.filter { $0.state == .answered }.sorted { $0.leg < $1.leg }.map(\.participant)
    }

    /// What a bridge reports of it.
    func state(now: Duration) -> RoomState {
        func presence(_ participant: Participant, since: Duration) -> RoomState.Presence {
            let (seconds, attoseconds) = max(now - since, .zero).components
            return RoomState.Presence(participant: participant, milliseconds: seconds &* 1_000 &+ attoseconds / 1_000_000_000_000_000)
        }
        let browsers = places.values.sorted { $0.leg < $1.leg }.map { presence($0.participant, since: $0.joinedAt) }
        let phones = calls.values.sorted { $0.leg < $1.leg }.compactMap { live in
            live.answeredAt.map { presence(live.participant, since: $0) }
        }
        return RoomState(room: slug, isLocked: isLocked, participants: browsers + phones)
    }

    // MARK: Browsers

    /// A browser takes its place, or takes it back after its socket was lost.
    func join(_ command: JoinCommand, leg: LegID, now: Duration, into output: inout RoomOutput) -> BridgeAnswer {
        if var place = places[command.peer] {
            place.socketLostAt = nil
            place.load = command.load
            if place.name != command.name {
                place.name = command.name
                output.changes.append((.room(slug), .participantUpdated(room: slug, place.participant)))
            }
            places[command.peer] = place
            // What was told meanwhile went to a socket that is gone, and a page that resumes offers nothing by itself.
            tellSections(of: place, into: &output)
        } else {
            guard !isLocked || command.isHost || admitted.contains(command.load) else { return .refused(.roomLocked) }
            guard places.count < Self.placeLimit else { return .refused(.roomFull) }
            var place = BrowserPlace(peer: command.peer, leg: leg, name: command.name, load: command.load, mediaSeenAt: now)
            place.isMuted = muted.contains(command.load)
            place.joinedAt = now
            places[command.peer] = place
            peersByLeg[leg] = command.peer
            engine.addBrowser(leg, now: now)
            engine.setMuted(place.isMuted, leg)
            if isLocked, admitted.count < Self.memory { admitted.insert(command.load) }
            output.changes.append((.room(slug), .participantJoined(room: slug, place.participant)))
        }
        settleGrace(now: now, into: &output)
        return .joined(participants: participants, isLocked: isLocked)
    }

    func leave(_ peer: PeerID, now: Duration, into output: inout RoomOutput) -> BridgeAnswer {
        guard let place = places.removeValue(forKey: peer) else { return .refused(.unknownPeer) }
        peersByLeg[place.leg] = nil
        engine.removeBrowser(place.leg, into: &output.packets)
        output.changes.append((.room(slug), .participantLeft(room: slug, .peer(peer))))
        drainEngine(now: now, into: &output)
        settleGrace(now: now, into: &output)
        return .accepted
    }

    /// A lost socket alone never ends anything; with its media closed before it, it is a closed tab.
    func socketLost(_ peer: PeerID, now: Duration, into output: inout RoomOutput) -> BridgeAnswer {
        guard let place = places[peer] else { return .refused(.unknownPeer) }
        if place.closedMedia { return leave(peer, now: now, into: &output) }
        places[peer]?.socketLostAt = now
        settleGrace(now: now, into: &output)
        return .accepted
    }

    func update(_ peer: PeerID, _ switches: Switches, now: Duration, into output: inout RoomOutput) -> BridgeAnswer {
        guard var place = places[peer] else { return .refused(.unknownPeer) }
        if place.switches != switches {
            place.switches = switches
            places[peer] = place
            // The newest state is all that counts, and a finger on the button must not fill the durable lane.
            output.signals.append(.participant(room: slug, place.participant))
            engine.setPictures(switches.pictures, of: place.leg)
            drainEngine(now: now, into: &output)
        }
        return .accepted
    }

    func view(_ peer: PeerID, _ view: [TrackSource], now: Duration, into output: inout RoomOutput) -> BridgeAnswer {
        guard let place = places[peer] else { return .refused(.unknownPeer) }
        engine.setView(view.compactMap(picture), of: place.leg)
        drainEngine(now: now, into: &output)
        return .accepted
    }

    /// The picture that a page calls this; `nil` if nobody of that name is here, or it is no picture.
    private func picture(_ source: TrackSource) -> VideoSourceID? {
        guard case .peer(let peer) = source.participant, let place = places[peer] else { return nil }
        switch source.kind {
        case .audio: return nil
        case .video: return VideoSourceID(leg: place.leg, kind: .camera)
        case .screen: return VideoSourceID(leg: place.leg, kind: .screen)
        }
    }

    func offer(_ peer: PeerID, sdp: String, candidates: [String], now: Duration, into output: inout RoomOutput) -> BridgeAnswer {
        guard let place = places[peer] else { return .refused(.unknownPeer) }
        let answer: String
        do throws(OfferError) {
            answer = try engine.offer(place.leg, sdp: sdp, candidates: candidates, now: now, into: &output.packets)
        } catch {
            drainEngine(now: now, into: &output)
            switch error {
            case .negotiation: return .refused(.invalidOffer)
            case .unknownLeg: return .refused(.unknownPeer)
            case .transportUnavailable: return .refused(.internalError)
            }
        }
        // What was closed before is replaced by what is offered now: a lost socket is no closed tab any more.
        places[peer]?.closedMedia = false
        drainEngine(now: now, into: &output)
        return .answered(sdp: answer, sections: sections(of: place.leg))
    }

    /// Tells every browser its sections once more: a web side that was away may have missed the last ones.
    func tellSections(into output: inout RoomOutput) {
        for place in places.values { tellSections(of: place, into: &output) }
        output.signals.append(.locked(room: slug, isLocked))
    }

    private func tellSections(of place: BrowserPlace, into output: inout RoomOutput) {
        output.signals.append(.sections(room: slug, peer: place.peer, sections(of: place.leg)))
    }

    /// What the page of a browser needs to know of its receive sections.
    func sections(of leg: LegID) -> MediaSections {
        let plan = engine.sections(of: leg)
        revision &+= 1
        var tracks: [String: TrackSource] = [:]
        for (mid, source) in plan.sources {
            if let call = callsByLeg[source] {
                tracks[mid] = TrackSource(participant: .call(call), kind: .audio)
            } else if let peer = peersByLeg[source] {
                tracks[mid] = TrackSource(participant: .peer(peer), kind: .audio)
            }
        }
        for (mid, picture) in plan.pictures {
            guard let peer = peersByLeg[picture.leg] else { continue }
            tracks[mid] = TrackSource(participant: .peer(peer), kind: picture.kind == .screen ? .screen : .video)
        }
        return MediaSections(
            audio: plan.audioSections, video: plan.videoSections, tracks: tracks,
            upload: MediaSections.Upload(camera: plan.uploads.contains(.camera), screen: plan.uploads.contains(.screen)), revision: revision)
    }
}

extension Switches {
    /// The pictures among them.
    fileprivate var pictures: VideoSourceID.Kinds {
        var pictures: VideoSourceID.Kinds = []
        if camera { pictures.insert(.camera) }
        if screen { pictures.insert(.screen) }
        return pictures
    }
}
